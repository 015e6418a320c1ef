;;; RUN: sh -c 'env -i A=1 B=2 PATH="$PATH" waxwing run --inherit-env %s | grep "^[AB]=" | sort'
;;; RUN: sh -c 'env -i A=1 B=2 PATH="$PATH" waxwing run --inherit-env --env B=3 --env C %s | grep "^[ABC]="'
;;; RUN: sh -c 'env -i A=1 B=2 PATH="$PATH" waxwing run --inherit-env --env B=3 --env C=4 %s | grep "^[ABC]=" | sort'
;;; EXIT: 0 1 0
(module
  (import "wasi_snapshot_preview1" "args_sizes_get" (func $args_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "args_get" (func $args (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_sizes_get" (func $env_sizes (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "environ_get" (func $env (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Prints the block of NUL-terminated strings at 1000, each NUL as a newline.
  (func $print (param $size i32) (local $i i32)
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $i) (local.get $size)))
        (if (i32.eqz (i32.load8_u offset=1000 (local.get $i)))
          (then (i32.store8 offset=1000 (local.get $i) (i32.const 10))))
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br $next)))
    (i32.store (i32.const 16) (i32.const 1000))
    (i32.store (i32.const 20) (local.get $size))
    (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24))))
  (func (export "_start")
    (drop (call $env_sizes (i32.const 0) (i32.const 4)))
    (drop (call $env (i32.const 100) (i32.const 1000)))
    (call $print (i32.load (i32.const 4)))))
;;; STDOUT:
A=1
B=2
A=1
B=3
C=4
;;; STDERR:
waxwing: error: --env C: there is no such variable here to pass on; C=VALUE sets one
