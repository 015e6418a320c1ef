;;; RUN: waxwing inspect %s
(module
  (import "env" "log" (func (param i32)))
  (memory (export "memory") 1 16)
  (global (export "g") (mut i32) (i32.const 7))
  (table 4 funcref)
  (func (export "f") (param i32 f64) (result i32) (local.get 0))
  (func (result v128) (v128.const i64x2 0 1))
  (data (i32.const 0) "abc"))
;;; STDOUT:
overview.wat: 123 bytes when translated from text
  features   mvp mutable-globals simd
  functions  2 and 1 imported

sections (9)
   1  type                      0x0000000a          15 bytes        3 entries
   2  import                    0x0000001b          11 bytes        1 entries
   3  function                  0x00000028           3 bytes        2 entries
   4  table                     0x0000002d           4 bytes        1 entries
   5  memory                    0x00000033           4 bytes        1 entries
   6  global                    0x00000039           6 bytes        1 entries
   7  export                    0x00000041          18 bytes        3 entries
  10  code                      0x00000055          27 bytes        2 entries
  11  data                      0x00000072           9 bytes        1 entries

types (3)
      0  (func (param i32))
      1  (func (param i32 f64) (result i32))
      2  (func (result v128))

imports (1)
  func       0  env.log  (param i32)

tables (1)
      0  4 funcref

memories (1)
      0  1 16

globals (1)
      0  (mut i32)

exports (3)
  memory     0  memory  1 16
  global     0  g       (mut i32)
  func       1  f       (param i32 f64) (result i32)
