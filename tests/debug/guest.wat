;; SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
(module $guest
  (memory 1)
  (func $leaf (param $at i32) (result i32)
    local.get $at
    i32.load
    i32.const 3
    i32.mul)
  (func $middle (export "middle") (param $at i32) (result i32)
    local.get $at
    i32.const 1
    i32.store
    local.get $at
    call $leaf
    i32.const 1
    i32.add)
  (table 1 funcref)
  (elem (i32.const 0) $leaf)
  (func (export "outer") (result i32)
    i32.const 8
    call $middle))
