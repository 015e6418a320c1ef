;;; RUN: waxwing run %s
;;; EXIT: 1
(module
  (import "wasi:cli/stdout@0.2.0" "get-stdout" (func (result i32)))
  (func (export "_start")))
;;; STDERR:
waxwing: error: wasi_0_2.wat:0x15: unknown import wasi:cli/stdout@0.2.0.get-stdout: expected function (result i32), found nothing of that name
  it was made for WASI 0.2, whose programs are components; build it for WASI preview 1 (wasm32-wasip1)
