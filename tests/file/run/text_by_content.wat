;;; RUN: waxwing run --invoke f %s
;;; NAME: module.wasm
(module (func (export "f") (result i32) i32.const 5))
;;; STDOUT:
5
