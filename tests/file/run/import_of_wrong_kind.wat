;;; RUN: waxwing run %s
;;; EXIT: 1
(module
  (import "wasi_unstable" "fd_write" (memory 1))
  (func (export "_start")))
;;; STDERR:
waxwing: error: import_of_wrong_kind.wat:0x11: import wasi_unstable.fd_write: incompatible import type: expected memory 1, found function (param i32 i32 i32 i32) (result i32)
