;;; RUN: sh -c 'exec waxwing --dir . "$0" <&-' %s
;;; RUN: sh -c 'exec waxwing --dir . "$0" >&- 2>&-' %s
;;; RUN: cat made
;; A file of the guest's takes the place of no standard stream that the program was started without.
(module
  (import "wasi_snapshot_preview1" "path_open"
    (func $open (param i32 i32 i32 i32 i32 i64 i64 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_write"
    (func $write (param i32 i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_read"
    (func $read (param i32 i32 i32 i32) (result i32)))
  (memory (export "memory") 1)
  (data (i32.const 0) "made")
  (data (i32.const 16) "in the file\nto the host\n")
  (data (i32.const 100) "\10\00\00\00\0c\00\00\00")
  (data (i32.const 108) "\1c\00\00\00\0c\00\00\00")
  (func $check (param i32) (if (local.get 0) (then unreachable)))
  (func (export "_start")
    ;; Create it, and write to it.
    (call $check (call $open (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 4) (i32.const 9)
                             (i64.const 0x42) (i64.const 0) (i32.const 0) (i32.const 200)))
    (call $check (call $write (i32.load (i32.const 200)) (i32.const 100) (i32.const 1)
                              (i32.const 204)))
    ;; What the guest prints goes nowhere else.
    (drop (call $write (i32.const 1) (i32.const 108) (i32.const 1) (i32.const 204)))
    (drop (call $write (i32.const 2) (i32.const 108) (i32.const 1) (i32.const 204)))
    ;; Nothing comes from a standard input that is closed.
    (drop (call $read (i32.const 0) (i32.const 100) (i32.const 1) (i32.const 204)))))
;;; STDOUT:
to the host
in the file
;;; STDERR:
to the host
