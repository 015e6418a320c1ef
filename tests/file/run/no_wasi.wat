;;; RUN: waxwing run --dir . %s
(module (func (export "_start")))
