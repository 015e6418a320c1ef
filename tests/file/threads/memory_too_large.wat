;;; RUN: waxwing run --max-memory 64K %s
(module
  (import "env" "memory" (memory 2 2 shared))
  (export "memory" (memory 0))
  (func (export "_start")))
