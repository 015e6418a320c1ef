;;; RUN: waxwing run %s
;;; EXIT: 134
;; A trap in any thread ends the program, and is shown with that thread's trace.
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (export "memory" (memory 0))
  (func $work (param $a i32) (result i32)
    (i32.div_u (i32.const 1) (local.get $a)))
  (func $begin (export "wasi_thread_start") (param i32 i32)
    (drop (call $work (local.get 1))))
  (func (export "_start")
    (drop (call $spawn (i32.const 0)))
    (loop $for_ever (br $for_ever))))
;;; STDERR:
waxwing: trap: integer divide by zero
  0: 0x0076 work   trap_in_thread.wat:9:6
  1: 0x007c begin  trap_in_thread.wat:11:12
