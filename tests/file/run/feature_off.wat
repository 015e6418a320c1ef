;;; RUN: waxwing run --features=wasm1 --invoke f %s
;;; RUN: waxwing run --features=wasm1,+sign-extension --invoke f %s
;;; EXIT: 1 0
(module (func (export "f") (result i32) (i32.extend8_s (i32.const 255))))
;;; STDOUT:
-1
;;; STDERR:
waxwing: error: feature_off.wat:4:42: 0x22 (func 0 "f"): feature is not enabled: sign-extension
  --features=+sign-extension allows it
