;;; RUN: waxwing wast %s
;; Accesses that are not atomic may be seen in any order, but whole bytes that somebody wrote.
(module $Mem
  (memory (export "shared") 1 1 shared))

(thread $T1 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 10 shared)
    (func (export "run") (result i32)
      (i32.store (i32.const 0) (i32.const 42))
      (i32.load (i32.const 4))))
  (assert_return (invoke "run") (either (i32.const 0) (i32.const 43))))

(thread $T2 (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 10 shared)
    (func (export "run") (result i32)
      (i32.store (i32.const 4) (i32.const 43))
      (i32.load (i32.const 0))))
  (assert_return (invoke "run") (either (i32.const 0) (i32.const 42))))

(wait $T1)
(wait $T2)

(register "Mem" $Mem)
(module
  (memory (import "Mem" "shared") 1 1 shared)
  (func (export "sum") (result i32)
    (i32.add (i32.load (i32.const 0)) (i32.load (i32.const 4)))))
(assert_return (invoke "sum") (i32.const 85))
;;; STDOUT:
3 passed, 0 failed, 0 skipped
