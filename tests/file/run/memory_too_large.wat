;;; RUN: waxwing run --max-memory 64K %s
;;; EXIT: 1
(module (memory 2) (func (export "_start")))
;;; STDERR:
waxwing: error: memory_too_large.wat: its memory is larger than --max-memory allows at the start
