;; CALL: _start
;; TRAP: integer divide by zero
;; TRACE: work begin
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (export "memory" (memory 0))
  (func $work (param i32) (result i32) (i32.div_u (i32.const 1) (local.get 0)))
  (func $begin (export "wasi_thread_start") (param i32 i32) (drop (call $work (local.get 1))))
  (func $run (export "_start") (drop (call $spawn (i32.const 0))) (loop $for_ever (br $for_ever))))
