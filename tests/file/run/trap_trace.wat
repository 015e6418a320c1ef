;;; RUN: waxwing run %s
;;; EXIT: 134
(module
  (memory (export "memory") 1)
  (func $load (param $address i32) (result i32)
    (i32.load (local.get $address)))
  (func $middle (result i32)
    (call $load (i32.const -4)))
  (func $main (export "_start")
    (drop (call $middle))))
;;; STDERR:
waxwing: trap: out of bounds memory access (address 0xfffffffc+4, memory 0 is 0x10000 bytes)
  0: 0x003e load    trap_trace.wat:6:6
  1: 0x0046 middle  trap_trace.wat:8:6
  2: 0x004b main    trap_trace.wat:10:12
