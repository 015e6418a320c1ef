;;; RUN: waxwing wast %s
;; A memory grows while another thread uses what is new of it.
(module $Mem
  (memory (export "shared") 1 64 shared))

(thread $Grower (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 64 shared)
    (func (export "run") (result i32) (local $page i32)
      (loop $more
        (local.set $page (memory.grow (i32.const 1)))
        (i32.store (i32.shl (local.get $page) (i32.const 16)) (local.get $page))
        (i32.atomic.store (i32.const 0) (local.get $page))
        (br_if $more (i32.lt_u (local.get $page) (i32.const 63))))
      (memory.grow (i32.const 1))))
  (assert_return (invoke "run") (i32.const -1)))

(thread $Reader (shared (module $Mem))
  (register "mem" $Mem)
  (module
    (memory (import "mem" "shared") 1 64 shared)
    ;; Counts pages that do not hold what was written before they were announced.
    (func (export "run") (result i32) (local $page i32) (local $wrong i32)
      (loop $more
        (local.set $page (i32.atomic.load (i32.const 0)))
        (local.set $wrong (i32.add (local.get $wrong)
          (i32.and (i32.ne (local.get $page) (i32.const 0))
            (i32.ne (i32.load (i32.shl (local.get $page) (i32.const 16))) (local.get $page)))))
        (local.set $wrong (i32.add (local.get $wrong)
          (i32.le_u (memory.size) (local.get $page))))
        (br_if $more (i32.lt_u (local.get $page) (i32.const 63))))
      (local.get $wrong)))
  (assert_return (invoke "run") (i32.const 0)))

(wait $Grower)
(wait $Reader)
;;; STDOUT:
2 passed, 0 failed, 0 skipped
