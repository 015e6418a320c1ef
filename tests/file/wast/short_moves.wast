;;; NEEDS: waxwing compile --cpu=help
;;; RUN: waxwing wast %s
;;; RUN: waxwing wast --engine=aot -O2 %s
;;; RUN: waxwing wast --engine=aot -O2 --bounds-checks=explicit %s
;; Copies and fills of every short length, over each other in every way, do what one byte after the
;; other does; at the memory's end they do all or nothing.
(module
  (memory 1)
  (func $reset (local $i i32)
    (loop $next
      (i32.store8 (local.get $i) (i32.mul (local.get $i) (i32.const 167)))
      (i32.store8 offset=2048 (local.get $i) (i32.mul (local.get $i) (i32.const 167)))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 700)))))
  (func $same (result i32) (local $i i32)
    (loop $next
      (if (i32.ne (i32.load8_u (local.get $i)) (i32.load8_u offset=2048 (local.get $i)))
        (then (return (i32.const 0))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (i32.const 700))))
    (i32.const 1))
  ;; What a copy does, 2048 bytes behind.
  (func $bytes (param $to i32) (param $from i32) (param $count i32) (local $i i32)
    (block $done
      (br_if $done (i32.eqz (local.get $count)))
      (if (i32.lt_u (local.get $to) (local.get $from))
        (then
          (loop $next
            (i32.store8 offset=2048 (i32.add (local.get $to) (local.get $i))
              (i32.load8_u offset=2048 (i32.add (local.get $from) (local.get $i))))
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $next (i32.lt_u (local.get $i) (local.get $count)))))
        (else
          (loop $next
            (local.set $count (i32.sub (local.get $count) (i32.const 1)))
            (i32.store8 offset=2048 (i32.add (local.get $to) (local.get $count))
              (i32.load8_u offset=2048 (i32.add (local.get $from) (local.get $count))))
            (br_if $next (local.get $count)))))))
  ;; The first length of `from` to `end` that goes wrong, or -1.
  (func (export "copies") (param $count i32) (param $end i32) (result i32) (local $to i32)
    (loop $length
      (local.set $to (i32.const 100))
      (loop $next
        (call $reset)
        (memory.copy (local.get $to) (i32.const 300) (local.get $count))
        (call $bytes (local.get $to) (i32.const 300) (local.get $count))
        (if (i32.eqz (call $same)) (then (return (local.get $count))))
        (local.set $to (i32.add (local.get $to) (i32.const 7)))
        (br_if $next (i32.lt_u (local.get $to) (i32.const 500))))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (br_if $length (i32.le_u (local.get $count) (local.get $end))))
    (i32.const -1))
  (func (export "fills") (param $count i32) (param $end i32) (result i32) (local $i i32)
    (loop $length
      (call $reset)
      (memory.fill (i32.const 300) (i32.const 0x1a5) (local.get $count))
      (local.set $i (i32.const 0))
      (block $done
        (loop $next
          (br_if $done (i32.eq (local.get $i) (local.get $count)))
          (i32.store8 offset=2348 (local.get $i) (i32.const 0xa5))
          (local.set $i (i32.add (local.get $i) (i32.const 1)))
          (br $next)))
      (if (i32.eqz (call $same)) (then (return (local.get $count))))
      (local.set $count (i32.add (local.get $count) (i32.const 1)))
      (br_if $length (i32.le_u (local.get $count) (local.get $end))))
    (i32.const -1))
  (func (export "copy") (param i32 i32 i32)
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill") (param i32 i32)
    (memory.fill (local.get 0) (i32.const 0xee) (local.get 1)))
  (func (export "byte") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "set") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "grow") (result i32) (memory.grow (i32.const 1))))
(assert_return (invoke "copies" (i32.const 0) (i32.const 36)) (i32.const -1))
(assert_return (invoke "copies" (i32.const 62) (i32.const 67)) (i32.const -1))
(assert_return (invoke "copies" (i32.const 124) (i32.const 132)) (i32.const -1))
(assert_return (invoke "copies" (i32.const 254) (i32.const 258)) (i32.const -1))
(assert_return (invoke "fills" (i32.const 0) (i32.const 140)) (i32.const -1))
(invoke "set" (i32.const 65535) (i32.const 7))
(invoke "set" (i32.const 0) (i32.const 9))
(assert_trap (invoke "copy" (i32.const 65520) (i32.const 0) (i32.const 17)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const 0) (i32.const 65520) (i32.const 17)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const -1) (i32.const 0) (i32.const 1)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const 0) (i32.const -1) (i32.const 2)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const 65537) (i32.const 0) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const 0) (i32.const 65537) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "copy" (i32.const 0) (i32.const 0) (i32.const -1)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 65535) (i32.const 2)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 65537) (i32.const 0)) "out of bounds memory access")
(assert_trap (invoke "fill" (i32.const 1) (i32.const -1)) "out of bounds memory access")
(assert_return (invoke "byte" (i32.const 65535)) (i32.const 7))
(assert_return (invoke "byte" (i32.const 0)) (i32.const 9))
(assert_return (invoke "copy" (i32.const 65536) (i32.const 65536) (i32.const 0)))
(assert_return (invoke "fill" (i32.const 65536) (i32.const 0)))
(assert_return (invoke "copy" (i32.const 65535) (i32.const 0) (i32.const 1)))
(assert_return (invoke "byte" (i32.const 65535)) (i32.const 9))
(assert_return (invoke "fill" (i32.const 65473) (i32.const 63)))
(assert_return (invoke "byte" (i32.const 65535)) (i32.const 0xee))
;; What grows is in bounds at once.
(assert_return (invoke "grow") (i32.const 1))
(assert_return (invoke "fill" (i32.const 65530) (i32.const 20)))
(assert_return (invoke "copy" (i32.const 131000) (i32.const 65530) (i32.const 20)))
(assert_return (invoke "byte" (i32.const 131019)) (i32.const 0xee))
;;; STDOUT:
27 passed, 0 failed, 0 skipped
27 passed, 0 failed, 0 skipped
27 passed, 0 failed, 0 skipped
