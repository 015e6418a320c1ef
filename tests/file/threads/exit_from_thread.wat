;;; RUN: waxwing run %s
;;; EXIT: 7
;; The program ends with the thread's code while its first thread waits for ever.
(module
  (import "any" "name" (memory 1 2 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (export "memory" (memory 0))
  (func (export "wasi_thread_start") (param $id i32) (param $arg i32)
    (call $exit (local.get $arg)))
  (func (export "_start")
    (drop (call $spawn (i32.const 7)))
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))
    unreachable))
