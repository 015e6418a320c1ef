;;; RUN: waxwing run --tcplisten 127.0.0.1:0 %s
;;; RUN: waxwing run --dir . --tcplisten localhost:0 %s
;;; RUN: waxwing run --tcplisten example:80 %s
;;; RUN: waxwing run --tcplisten 127.0.0.1 %s
;;; RUN: waxwing run --tcplisten 127.0.0.1:65536 %s
;;; EXIT: 6 57 1 2 2
(module
  (import "wasi_snapshot_preview1" "sock_accept" (func $accept (param i32 i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "fd_fdstat_set_flags" (func $flags (param i32 i32) (result i32)))
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  ;; Accepts without waiting on descriptor 3: 6 (again) where it listens, 57 (notsock) elsewhere.
  (func (export "_start")
    (drop (call $flags (i32.const 3) (i32.const 4)))
    (call $exit (call $accept (i32.const 3) (i32.const 0) (i32.const 0)))))
;;; STDERR:
waxwing: note: listening at 127.0.0.1, port {{[0-9]+}}
waxwing: note: listening at localhost, port {{[0-9]+}}
waxwing: error: --tcplisten example:80: 'example' is not an address: write one such as 127.0.0.1, ::1 or localhost
waxwing: error: --tcplisten: '127.0.0.1' is not HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: --tcplisten: '127.0.0.1:65536' is not HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
