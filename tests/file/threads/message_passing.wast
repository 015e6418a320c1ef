;;; RUN: waxwing wast %s
;; Message passing: whoever sees the flag sees what was written before it.
;; Every round has places of its own, so that threads need to meet only once.
(module $Mem
  (memory (export "shared") 16 16 shared))

(thread $Writer (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 16 16 shared)
    (func (export "run") (local $i i32)
      ;; all begin together
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (loop $meet (br_if $meet (i32.lt_u (i32.atomic.load (i32.const 0)) (i32.const 2))))
      (local.set $i (i32.const 0))
      (loop $round
        (i32.store offset=65536 (local.get $i) (i32.const 1))
        (i32.atomic.store offset=196608 (local.get $i) (i32.const 1))
        (br_if $round (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4)))
                                (i32.const 80000))))))
  (invoke "run"))

(thread $Reader (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 16 16 shared)
    (func (export "run") (local $i i32)
      ;; all begin together
      (drop (i32.atomic.rmw.add (i32.const 0) (i32.const 1)))
      (loop $meet (br_if $meet (i32.lt_u (i32.atomic.load (i32.const 0)) (i32.const 2))))
      (local.set $i (i32.const 0))
      (loop $round
        (i32.store offset=327680 (local.get $i)
          (i32.atomic.load offset=196608 (local.get $i)))
        (i32.store offset=458752 (local.get $i)
          (i32.load offset=65536 (local.get $i)))
        (br_if $round (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4)))
                                (i32.const 80000))))))
  (invoke "run"))

(wait $Writer)
(wait $Reader)

(register "mem" $Mem)
(module
  (memory (import "mem" "shared") 16 16 shared)
  (func (export "forbidden") (result i32) (local $i i32) (local $count i32)
    (loop $round
      (local.set $count (i32.add (local.get $count)
        (i32.and (i32.eq (i32.load offset=327680 (local.get $i)) (i32.const 1))
          (i32.eq (i32.load offset=458752 (local.get $i)) (i32.const 0)))))
      (br_if $round (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 4)))
                              (i32.const 80000))))
    (local.get $count))
  (func (export "rounds") (result i32) (i32.load (i32.const 0))))
(assert_return (invoke "rounds") (i32.const 2))
(assert_return (invoke "forbidden") (i32.const 0))
;;; STDOUT:
2 passed, 0 failed, 0 skipped
