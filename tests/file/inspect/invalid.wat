;;; RUN: waxwing inspect %s
;;; RUN: waxwing inspect no-such-file.wasm
(module (func (result i32)))
