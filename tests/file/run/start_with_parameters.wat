;;; RUN: waxwing run %s
(module (func (export "_start") (param i32)))
