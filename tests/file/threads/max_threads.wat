;;; RUN: waxwing run --max-threads 2 %s
;;; RUN: waxwing run --max-threads 0 %s
;;; RUN: waxwing run --max-threads many %s
;;; EXIT: 2 0 2
;; Exits with the number of threads that could be made; where that is none, makes nothing of it.
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (export "memory" (memory 0))
  (func (export "wasi_thread_start") (param i32 i32)
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1))))
  (func (export "_start") (local $made i32)
    (loop $more
      (if (i32.gt_s (call $spawn (i32.const 0)) (i32.const 0)) (then
        (local.set $made (i32.add (local.get $made) (i32.const 1)))
        (br $more))))
    (call $exit (local.get $made))))
;;; STDERR:
waxwing: error: --max-threads: 'many' is not a number such as 1000000
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
