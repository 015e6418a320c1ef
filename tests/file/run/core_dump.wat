;;; RUN: waxwing run --coredump core %s
;;; RUN: waxwing inspect core
;;; RUN: waxwing validate core
;;; RUN: waxwing run --coredump none/core %s
;;; EXIT: 134 0 0 134
(module
  (memory (export "memory") 3 5)
  (memory 1)
  (global (mut i32) (i32.const 7))
  (global i64 (i64.const -1))
  (global f64 (f64.const 1.5))
  (global funcref (ref.func $main))
  (global v128 (v128.const i64x2 1 2))
  (func $inner (param i32)
    (i32.store (i32.const 70000) (i32.const 42))
    (i32.store 1 (i32.const 8) (i32.const 42))
    (drop (i32.div_s (i32.const 1) (local.get 0))))
  (func $main (export "_start")
    (call $inner (i32.const 0))))
;;; STDOUT:
core: 8,389 bytes
  core dump  of core_dump.wat
  features   mvp bulk-memory reference-types simd multi-memory
  functions  0 and 0 imported

sections (7)
   0  core                      0x0000000a          20 bytes
   0  coremodules               0x00000020          28 bytes
   0  coreinstances             0x0000003e          26 bytes
   0  corestack                 0x0000005a          29 bytes
   5  memory                    0x00000079           6 bytes        2 entries
   6  global                    0x00000081          49 bytes        5 entries
  11  data                      0x000000b5        8208 bytes        2 entries

stack of thread main (2)
      0  core_dump.wat  function 0 + 0x16
      1  core_dump.wat  function 1 + 0x3

memories (2)
      0  3 5
      1  1

globals (5)
      0  i32
      1  i64
      2  f64
      3  externref
      4  v128
;;; STDERR:
waxwing: trap: integer divide by zero
  0: 0x0081 inner  core_dump.wat:17:12
  1: 0x0088 main   core_dump.wat:19:6
waxwing: note: core: core dump written
waxwing: trap: integer divide by zero
  0: 0x0081 inner  core_dump.wat:17:12
  1: 0x0088 main   core_dump.wat:19:6
waxwing: error: none/core: cannot be written
