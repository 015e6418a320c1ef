;;; RUN: waxwing run %s
(module
  (memory (export "memory") 1)
  (func $load (param $address i32) (result i32)
    (i32.load (local.get $address)))
  (func $middle (result i32)
    (call $load (i32.const -4)))
  (func $main (export "_start")
    (drop (call $middle))))
