;;; RUN: sh -c 'mkdir sub'
;;; RUN: waxwing run --map-dir /data::sub --dir .::/:ro %s
;;; RUN: waxwing run --map-dir /data::sub:ro %s
;;; RUN: waxwing run --map-dir sub %s
;;; EXIT: 0 0 0 2
(module
  (import "wasi_snapshot_preview1" "fd_prestat_get" (func $get (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_prestat_dir_name" (func $name (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  ;; Prints the names of the folders that it was given.
  (func (export "_start") (local $fd i32)
    (local.set $fd (i32.const 3))
    (block $done
      (loop $next
        (br_if $done (call $get (local.get $fd) (i32.const 0)))
        (drop (call $name (local.get $fd) (i32.const 1000) (i32.load (i32.const 4))))
        (i32.store8 offset=1000 (i32.load (i32.const 4)) (i32.const 10))
        (i32.store (i32.const 16) (i32.const 1000))
        (i32.store (i32.const 20) (i32.add (i32.load (i32.const 4)) (i32.const 1)))
        (drop (call $write (i32.const 1) (i32.const 16) (i32.const 1) (i32.const 24)))
        (local.set $fd (i32.add (local.get $fd) (i32.const 1)))
        (br $next)))))
;;; STDOUT:
/
/data
/data
;;; STDERR:
waxwing: error: --map-dir: 'sub': write GUEST::HOST, and :ro behind it for read-only
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
