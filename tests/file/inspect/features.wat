;;; RUN: waxwing inspect %s
(module
  (memory $a i64 1 2)
  (memory $b 1 2 shared)
  (memory $c 1 (pagesize 1))
  (type $s (struct (field i32)))
  (func (param v128) (result i32 i64)
    (drop (i32.extend8_s (i32.const 1)))
    (drop (i32.trunc_sat_f32_s (f32.const 1)))
    (memory.fill $b (i32.const 0) (i32.const 0) (i32.const 0))
    (i32.const 1) (i64.const 2))
  (func (param funcref (ref $s))
    (return_call 1 (local.get 0) (local.get 1))))
;;; STDOUT:
features.wat: 109 bytes when translated from text
  features   mvp sign-extension saturating-float-to-int multi-value bulk-memory reference-types simd tail-call gc multi-memory memory64 threads custom-page-sizes
  functions  2 and 0 imported

sections (5)
   1  type                      0x0000000a          17 bytes        3 entries
   3  function                  0x0000001d           3 bytes        2 entries
   5  memory                    0x00000022          10 bytes        3 entries
  10  code                      0x0000002e          38 bytes        2 entries
   0  name                      0x00000056          23 bytes

types (3)
      0  (struct (field i32))
      1  (func (param v128) (result i32 i64))
      2  (func (param funcref (ref 0)))

memories (3)
      0  i64 1 2
      1  1 2 shared
      2  1 (pagesize 1)
