;;; RUN: waxwing wast %s
;; Waiting and waking across threads, with 32-bit and 64-bit addresses.
(module $Mem
  (memory (export "narrow") 1 1 shared)
  (memory (export "wide") i64 1 1 shared))

(thread $Waiter (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory $n (import "mem" "narrow") 1 1 shared)
    (memory $w (import "mem" "wide") i64 1 1 shared)
    ;; Says that it is there, then waits until it is woken or somebody was faster.
    (func (export "narrow") (result i32)
      (i32.atomic.store $n (i32.const 8) (i32.const 1))
      (memory.atomic.wait32 $n (i32.const 0) (i32.const 0) (i64.const -1)))
    (func (export "wide") (result i32)
      (i32.atomic.store $n (i32.const 12) (i32.const 1))
      (memory.atomic.wait64 $w (i64.const 16) (i64.const 0) (i64.const -1)))
    (func (export "late") (result i32)
      (memory.atomic.wait64 $w (i64.const 24) (i64.const 0) (i64.const 1000000))))
  (assert_return (invoke "narrow") (either (i32.const 0) (i32.const 1)))
  (assert_return (invoke "wide") (either (i32.const 0) (i32.const 1)))
  (assert_return (invoke "late") (i32.const 2)))

(thread $Waker (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory $n (import "mem" "narrow") 1 1 shared)
    (memory $w (import "mem" "wide") i64 1 1 shared)
    (func (export "narrow") (result i32)
      (loop $meet (br_if $meet (i32.eqz (i32.atomic.load $n (i32.const 8)))))
      (i32.atomic.store $n (i32.const 0) (i32.const 1))
      (memory.atomic.notify $n (i32.const 0) (i32.const 10)))
    (func (export "wide") (result i32)
      (loop $meet (br_if $meet (i32.eqz (i32.atomic.load $n (i32.const 12)))))
      (i64.atomic.store $w (i64.const 16) (i64.const 1))
      (memory.atomic.notify $w (i64.const 16) (i32.const 10))))
  (assert_return (invoke "narrow") (either (i32.const 0) (i32.const 1)))
  (assert_return (invoke "wide") (either (i32.const 0) (i32.const 1))))

(wait $Waiter)
(wait $Waker)

;; Nobody else is there: values that differ, time-outs, bounds and alignment.
(register "mem" $Mem)
(module
  (memory $n (import "mem" "narrow") 1 1 shared)
  (memory $w (import "mem" "wide") i64 1 1 shared)
  (memory $own 1)
  (func (export "wait32") (param i32 i32 i64) (result i32)
    (memory.atomic.wait32 $n (local.get 0) (local.get 1) (local.get 2)))
  (func (export "wait64") (param i64 i64 i64) (result i32)
    (memory.atomic.wait64 $w (local.get 0) (local.get 1) (local.get 2)))
  (func (export "notify") (param i64 i32) (result i32)
    (memory.atomic.notify $w (local.get 0) (local.get 1)))
  (func (export "unshared") (result i32)
    (memory.atomic.wait32 $own (i32.const 0) (i32.const 0) (i64.const 0))))
(assert_return (invoke "wait32" (i32.const 0) (i32.const 5) (i64.const -1)) (i32.const 1))
(assert_return (invoke "wait32" (i32.const 4) (i32.const 0) (i64.const 0)) (i32.const 2))
(assert_return (invoke "wait64" (i64.const 32) (i64.const 0) (i64.const 1000)) (i32.const 2))
(assert_return (invoke "wait64" (i64.const 16) (i64.const 0) (i64.const -1)) (i32.const 1))
(assert_return (invoke "notify" (i64.const 16) (i32.const -1)) (i32.const 0))
(assert_trap (invoke "wait32" (i32.const 2) (i32.const 0) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "wait64" (i64.const 4) (i64.const 0) (i64.const 0)) "unaligned atomic")
(assert_trap (invoke "wait64" (i64.const 65536) (i64.const 0) (i64.const 0))
             "out of bounds memory access")
(assert_trap (invoke "wait64" (i64.const -8) (i64.const 0) (i64.const 0))
             "out of bounds memory access")
(assert_trap (invoke "unshared") "expected shared memory")
;;; STDOUT:
15 passed, 0 failed, 0 skipped
