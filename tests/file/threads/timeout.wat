;;; RUN: waxwing run --timeout 100ms %s
;;; EXIT: 134
;; The time is over for all threads.
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (export "memory" (memory 0))
  (func (export "wasi_thread_start") (param i32 i32)
    (loop $for_ever (br $for_ever)))
  (func (export "_start")
    (drop (call $spawn (i32.const 0)))
    (drop (memory.atomic.wait32 (i32.const 0) (i32.const 0) (i64.const -1)))))
;;; STDERR:
waxwing: trap: time limit exceeded
  0: 0x0084 _start  timeout.wat:12:12
  --timeout gave it 100 ms
