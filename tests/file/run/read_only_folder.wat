;;; RUN: waxwing run --dir . %s
;;; RUN: waxwing run --dir .::/:rw %s
;;; RUN: waxwing run --dir .:ro %s
;;; RUN: waxwing run --dir .::/data:ro %s
;;; RUN: sh -c 'cat made'
;;; EXIT: 0 0 69 69 0
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "made")
  ;; Ends with what creating a file is answered with: 0, or 69 (rofs).
  (func (export "_start")
    (call $exit (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 1)
      (i64.const 64) (i64.const 0) (i32.const 0) (i32.const 100)))))
