;;; RUN: waxwing run --invoke call %s 1
;;; RUN: waxwing run --invoke call %s 9
;;; RUN: waxwing run --invoke get %s 5
;;; RUN: waxwing run --invoke wrong %s
(module
  (type $t (func))
  (table 3 funcref)
  (elem (i32.const 0) $wrong)
  (func $wrong (export "wrong") (call_indirect (type $u) (i32.const 0) (i32.const 0)))
  (type $u (func (param i32)))
  (func (export "call") (param i32) (call_indirect (type $t) (local.get 0)))
  (func (export "get") (param i32) (drop (table.get 0 (local.get 0)))))
