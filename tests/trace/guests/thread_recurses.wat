;; CALL: _start
;; TRAP: unreachable
;; TRACE: down down down begin
(module
  (import "env" "memory" (memory 1 1 shared))
  (import "wasi" "thread-spawn" (func $spawn (param i32) (result i32)))
  (export "memory" (memory 0))
  (func $down (param i32) (result i32)
    (if (i32.eqz (local.get 0)) (then (unreachable)))
    (i32.add (call $down (i32.sub (local.get 0) (i32.const 1))) (i32.const 1)))
  (func $begin (export "wasi_thread_start") (param i32 i32) (drop (call $down (i32.const 2))))
  (func $run (export "_start") (drop (call $spawn (i32.const 0))) (loop $for_ever (br $for_ever))))
