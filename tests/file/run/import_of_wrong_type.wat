;;; RUN: waxwing run %s
(module
  (import "wasi_snapshot_preview1" "fd_write" (func (param i64) (result i32)))
  (func (export "_start")))
