;;; RUN: waxwing run --max-memory 64K %s
;;; EXIT: 1
(module
  (import "env" "memory" (memory 2 2 shared))
  (export "memory" (memory 0))
  (func (export "_start")))
;;; STDERR:
waxwing: error: memory_too_large.wat: the memory that it imports is larger than --max-memory allows
