;;; RUN: waxwing run %s
;;; EXIT: 9
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func $main (call $exit (i32.const 9)))
  (start $main))
