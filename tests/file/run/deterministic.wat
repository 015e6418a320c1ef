;;; RUN: waxwing run --deterministic --invoke run %s
;;; RUN: waxwing run --deterministic --signals=off --invoke run %s
;;; RUN: waxwing run --signals=off --timeout 500 --invoke endless %s
;;; RUN: waxwing run --signals=sometimes --invoke run %s
;;; EXIT: 0 0 134 2
(module
  (import "wasi_snapshot_preview1" "clock_time_get" (func $time (param i32 i64 i32) (result i32)))
  (import "wasi_snapshot_preview1" "random_get" (func $random (param i32 i32) (result i32)))
  (memory (export "memory") 1)
  (func (export "run") (result i32 i64 i64 i64)
    ;; a NaN with a payload, realtime, monotonic time, random numbers
    (i32.reinterpret_f32 (f32.add (f32.reinterpret_i32 (i32.const 0xffa01234)) (f32.const 1)))
    (drop (call $time (i32.const 0) (i64.const 0) (i32.const 0)))
    (i64.load (i32.const 0))
    (drop (call $time (i32.const 1) (i64.const 0) (i32.const 0)))
    (i64.load (i32.const 0))
    (drop (call $random (i32.const 0) (i32.const 8)))
    (i64.load (i32.const 0)))
  (func (export "endless") (loop (br 0))))
;;; STDOUT:
2143289344
946684800000000000
1000
-2152535657050944081
2143289344
946684800000000000
1000
-2152535657050944081
;;; STDERR:
waxwing: trap: time limit exceeded
  0: 0x00d4 endless  deterministic.wat:19:29
  --timeout gave it 500 ms
waxwing: error: --signals: 'sometimes' is none of on, off
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
