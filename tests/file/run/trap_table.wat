;;; RUN: waxwing run --invoke call %s 1
;;; RUN: waxwing run --invoke call %s 9
;;; RUN: waxwing run --invoke get %s 5
;;; RUN: waxwing run --invoke wrong %s
;;; EXIT: 134
(module
  (type $t (func))
  (table 3 funcref)
  (elem (i32.const 0) $wrong)
  (func $wrong (export "wrong") (call_indirect (type $u) (i32.const 0) (i32.const 0)))
  (type $u (func (param i32)))
  (func (export "call") (param i32) (call_indirect (type $t) (local.get 0)))
  (func (export "get") (param i32) (drop (table.get 0 (local.get 0)))))
;;; STDERR:
waxwing: trap: uninitialized element (element 1, table 0 has 3)
  0: 0x0050 call  trap_table.wat:12:38
waxwing: trap: undefined element (element 9, table 0 has 3)
  0: 0x0050 call  trap_table.wat:12:38
waxwing: trap: out of bounds table access (element 5, table 0 has 3)
  0: 0x0058 get  trap_table.wat:13:43
waxwing: trap: indirect call type mismatch
  0: 0x0048 wrong  trap_table.wat:10:34
