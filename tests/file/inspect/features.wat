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
