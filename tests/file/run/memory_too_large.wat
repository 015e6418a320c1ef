;;; RUN: waxwing run --max-memory 64K %s
(module (memory 2) (func (export "_start")))
