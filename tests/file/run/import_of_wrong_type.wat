;;; RUN: waxwing run %s
;;; EXIT: 1
(module
  (import "wasi_snapshot_preview1" "fd_write" (func (param i64) (result i32)))
  (func (export "_start")))
;;; STDERR:
waxwing: error: import_of_wrong_type.wat:0x16: import wasi_snapshot_preview1.fd_write: incompatible import type: expected function (param i64) (result i32), found function (param i32 i32 i32 i32) (result i32)
