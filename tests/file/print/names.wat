;;; RUN: waxwing print %s
(module $named
  (type $binary (func (param i32 i32) (result i32)))
  (import "env" "log" (func $log (param i32)))
  (memory $memory (export "memory") 1 2)
  (global $counter (mut i64) (i64.const -1))
  (table $table 2 funcref)
  (elem (i32.const 0) $sum $sum)
  (data (i32.const 8) "text \00\ff\"quoted\"")
  (func $sum (export "sum") (type $binary)
    (local $total i32)
    (local.set $total (i32.add (local.get 0) (local.get 1)))
    (block $done (result i32)
      (br_if $done (local.get $total) (i32.eqz (local.get 0)))
      (call $log)
      (if (result i32) (local.get 1)
        (then (call_indirect $table (type $binary) (i32.const 1) (i32.const 2) (i32.const 0)))
        (else (i32.load8_u offset=3 (local.get 0))))))
  (func (result f64) (f64.const nan:0x8000000000001))
  (start $none)
  (func $none))
;;; STDOUT:
(module $named
  (type $binary (func (param i32 i32) (result i32)))
  (type (;1;) (func (param i32)))
  (type (;2;) (func (result f64)))
  (type (;3;) (func))
  (import "env" "log" (func $log (type 1) (param i32)))
  (table $table 2 funcref)
  (memory $memory 1 2)
  (global $counter (mut i64) (i64.const -1))
  (export "memory" (memory $memory))
  (export "sum" (func $sum))
  (start $none)
  (elem (;0;) (i32.const 0) func $sum $sum)
  (func $sum (type $binary) (param i32 i32) (result i32)
    (local $total i32)
    local.get 0
    local.get 1
    i32.add
    local.set $total
    block $done (result i32)
      local.get $total
      local.get 0
      i32.eqz
      br_if $done
      call $log
      local.get 1
      if (result i32)
        i32.const 1
        i32.const 2
        i32.const 0
        call_indirect (type $binary)
      else
        local.get 0
        i32.load8_u offset=3
      end
    end)
  (func (;2;) (type 2) (result f64)
    f64.const nan:0x8000000000001)
  (func $none (type 3))
  (data (;0;) (i32.const 8) "text \00\ff\"quoted\""))
