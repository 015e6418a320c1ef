;;; RUN: waxwing run --validate=lazy %s
;;; RUN: waxwing run --validate=lazy --invoke bad %s
;;; RUN: waxwing run --validate=eager %s
;;; RUN: waxwing run %s
(module
  (func (export "_start"))
  (func $bad (export "bad") (result i32) i64.const 1))
