;;; RUN: waxwing run %s
;;; EXIT: 1
(module
  (import "wasi_snapshot_preview1" "fd_wriet" (func (param i32 i32 i32 i32) (result i32)))
  (func (export "_start")))
;;; STDERR:
waxwing: error: missing_import.wat:0x19: unknown import wasi_snapshot_preview1.fd_wriet: expected function (param i32 i32 i32 i32) (result i32), found nothing of that name
  nearest: wasi_snapshot_preview1.fd_write, function (param i32 i32 i32 i32) (result i32)
