;;; RUN: sh -c 'ulimit -f 1; waxwing run --dir . %s'
;;; EXIT: 22
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_pwrite"
    (func $write (param i32 i32 i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "made")
  ;; Writes beyond what the host allows to a file: fbig, and no end by a signal.
  (func (export "_start")
    (if (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 1)
          (i64.const 68) (i64.const 0) (i32.const 0) (i32.const 100))
      (then (unreachable)))
    (i32.store (i32.const 204) (i32.const 10))
    (call $exit (call $write (i32.load (i32.const 100)) (i32.const 200) (i32.const 1)
      (i64.const 1000000) (i32.const 300)))))
