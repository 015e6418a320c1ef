;;; RUN: waxwing run --features=wasm1 --invoke f %s
;;; RUN: waxwing run --features=wasm1,+sign-extension --invoke f %s
(module (func (export "f") (result i32) (i32.extend8_s (i32.const 255))))
