;;; LINES: 3
;;; RUN: sh -c 'echo text > input.txt'
;;; RUN: waxwing %s input.txt
;;; EXIT: 0 8
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; A program that finds no folder to open its file in ends with an error.
  (func (export "_start") (call $exit (call $prestat (i32.const 3) (i32.const 0)))))
;;; STDERR:
waxwing: note: the program was given no folder, so it cannot see 'input.txt'; --dir . gives it the current one
