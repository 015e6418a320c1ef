;;; RUN: waxwing validate %s --features=wasm1
;;; RUN: waxwing validate -- %s --features=wasm1
(module (func (param v128)))
