;;; RUN: waxwing run %s
(module
  (import "wasi_unstable" "fd_write" (memory 1))
  (func (export "_start")))
