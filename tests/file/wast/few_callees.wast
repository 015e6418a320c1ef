;;; NEEDS: waxwing compile --cpu=help
;;; RUN: waxwing wast %s
;;; RUN: waxwing wast --engine=aot -O2 %s
;;; RUN: waxwing wast --engine=aot -O3 %s
;; Calls through a table that has few functions of the type: each place, all that is no such place,
;; results of more than one, exceptions.
(module
  (type $few (func (param i32) (result i32)))
  (type $pair (func (param i32) (result i32 i64 f32)))
  (type $other (func (param i64)))
  (tag $e (param i32))
  (table 9 20 funcref)
  (elem (i32.const 1) $double $thrice $double $throws)
  (elem (i32.const 6) $other $low $high)
  (func $double (type $few) (i32.mul (local.get 0) (i32.const 2)))
  (func $thrice (type $few) (i32.mul (local.get 0) (i32.const 3)))
  (func $throws (type $few) (throw $e (local.get 0)))
  (func $other (type $other))
  (func $low (type $pair) (local.get 0) (i64.const 1) (f32.const 1))
  (func $high (type $pair) (local.get 0) (i64.const -1) (f32.const 2))
  (func (export "few") (param i32 i32) (result i32)
    (call_indirect (type $few) (local.get 1) (local.get 0)))
  (func (export "pair") (param i32 i32) (result i32 i64 f32)
    (call_indirect (type $pair) (local.get 1) (local.get 0)))
  (func (export "caught") (param i32 i32) (result i32)
    (block $caught (result i32)
      (try_table (result i32) (catch $e $caught)
        (call_indirect (type $few) (local.get 1) (local.get 0)))
      (return (i32.add (i32.const 1000)))))
  ;; Changed from one iteration to the next, and not.
  (func (export "sum") (param $i i32) (param $fixed i32) (result i32) (local $sum i32)
    (loop $next
      (local.set $sum (i32.add (local.get $sum)
        (i32.add
          (call_indirect (type $few) (local.get $i)
            (i32.add (i32.const 1) (i32.rem_u (local.get $i) (i32.const 3))))
          (call_indirect (type $few) (local.get $i) (local.get $fixed)))))
      (br_if $next (local.tee $i (i32.sub (local.get $i) (i32.const 1)))))
    (local.get $sum)))
(assert_return (invoke "few" (i32.const 1) (i32.const 21)) (i32.const 42))
(assert_return (invoke "few" (i32.const 2) (i32.const 21)) (i32.const 63))
(assert_return (invoke "few" (i32.const 3) (i32.const 5)) (i32.const 10))
(assert_exception (invoke "few" (i32.const 4) (i32.const 5)))
(assert_trap (invoke "few" (i32.const 0) (i32.const 5)) "uninitialized element")
(assert_trap (invoke "few" (i32.const 5) (i32.const 5)) "uninitialized element")
(assert_trap (invoke "few" (i32.const 6) (i32.const 5)) "indirect call type mismatch")
(assert_trap (invoke "few" (i32.const 9) (i32.const 5)) "undefined element")
(assert_trap (invoke "few" (i32.const -1) (i32.const 5)) "undefined element")
(assert_return (invoke "pair" (i32.const 7) (i32.const 5)) (i32.const 5) (i64.const 1) (f32.const 1))
(assert_return (invoke "pair" (i32.const 8) (i32.const 6)) (i32.const 6) (i64.const -1) (f32.const 2))
(assert_trap (invoke "pair" (i32.const 1) (i32.const 5)) "indirect call type mismatch")
(assert_return (invoke "caught" (i32.const 4) (i32.const 17)) (i32.const 17))
(assert_return (invoke "caught" (i32.const 1) (i32.const 17)) (i32.const 1034))
(assert_trap (invoke "caught" (i32.const 0) (i32.const 17)) "uninitialized element")
(assert_return (invoke "sum" (i32.const 10) (i32.const 2)) (i32.const 297))
(assert_exception (invoke "sum" (i32.const 10) (i32.const 4)))
(assert_trap (invoke "sum" (i32.const 10) (i32.const 7)) "indirect call type mismatch")
;;; STDOUT:
18 passed, 0 failed, 0 skipped
18 passed, 0 failed, 0 skipped
18 passed, 0 failed, 0 skipped
