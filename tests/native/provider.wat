;; What tests/native/linked.c gives to user.wat.
(module
  (type $number (func (param i32) (result i32)))
  (type $box (struct (field i32)))
  (memory (export "memory") 1)
  (global (export "count") (mut i32) (i32.const 0))
  (global (export "fixed") i32 (i32.const 5))
  (table (export "table") 2 funcref)
  (tag $oops (export "oops") (param i32))
  (elem (i32.const 1) func $twice)
  (func $twice (export "twice") (type $number) (i32.shl (local.get 0) (i32.const 1)))
  (func (export "throw") (param i32) (throw $oops (local.get 0)))
  (func (export "field") (param (ref $box)) (result i32) (struct.get $box 0 (local.get 0)))
  (func (export "endless") (loop br 0)))
