;;; RUN: sh -c 'echo text > input.txt'
;;; RUN: waxwing run %s input.txt
;;; RUN: waxwing run --dir . %s input.txt
;;; RUN: waxwing run %s no-such-input.txt
;;; EXIT: 0 3 3 3
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (func (export "_start") (call $exit (i32.const 3))))
;;; STDERR:
waxwing: note: the program was given no folder, so it cannot see 'input.txt'; --dir . gives it the current one
