;;; RUN: waxwing run %s
;;; EXIT: 1
(module
  (import "wasi" "thread-spawn" (func (param i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "wasi_thread_start") (param i32 i32))
  (func (export "_start")))
;;; STDERR:
waxwing: error: no_shared_memory.wat: it imports wasi.thread-spawn to make threads, but it imports no shared memory that its threads could have in common
