;;; RUN: waxwing run %s
;;; EXIT: 1
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func (param i32) (result i32)))
  (export "memory" (memory 0))
  (func (export "_start")))
;;; STDERR:
waxwing: error: no_entry.wat: it imports wasi.thread-spawn to make threads, but it exports no function 'wasi_thread_start' for its threads to begin with
