;;; RUN: waxwing run %s
;;; ENV: SECRET=1
(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $prestat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_get" (func $fdstat (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  ;; Without options: no folder, no descriptor but the streams, no environment.
  (func (export "_start") (local $fd i32)
    (local.set $fd (i32.const 3))
    (loop $next
      (if (i32.ne (call $fdstat (local.get $fd) (i32.const 64)) (i32.const 8))
        (then (call $exit (i32.const 1))))
      (if (i32.ne (call $prestat (local.get $fd) (i32.const 64)) (i32.const 8))
        (then (call $exit (i32.const 2))))
      (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $fd) (i32.const 2000))))
    (if (call $env (i32.const 0) (i32.const 4)) (then (call $exit (i32.const 3))))
    (if (i32.or (i32.load (i32.const 0)) (i32.load (i32.const 4)))
      (then (call $exit (i32.const 4))))))
