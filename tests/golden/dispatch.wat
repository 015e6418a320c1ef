;; RUN: THREAD --target=x86_64 --emit=asm -O2
;; RUN: ONE --target=x86_64 --emit=asm -Os
;; RUN: RISCV --target=riscv64 --emit=asm -O2
;; RUN: ARM --target=armv7 --emit=asm -O2
;; An interpreter's jump to the next instruction is behind each of its instructions, with one table
;; for all; where size is asked for, or targets whose tables belong to one jump, it is one.
(module
  (import "m" "other" (func $other (param i32) (result i32)))
  (memory 1)

  ;; THREAD-LABEL: f1:
  ;; THREAD: jmpq *%
  ;; THREAD: jmpq *%
  ;; THREAD: jmpq *%
  ;; THREAD: jmpq *%
  ;; THREAD: .size f1,
  ;; THREAD: .LJTI[[NUMBER:[0-9]+]]_0:
  ;; THREAD-NOT: .LJTI[[NUMBER]]_1:
  ;; ONE-LABEL: f1:
  ;; ONE: jmpq *%
  ;; ONE-NOT: jmpq *%
  ;; ONE: .size f1,
  ;; RISCV-LABEL: f1:
  ;; RISCV: jr a
  ;; RISCV: jr a
  ;; RISCV: .size f1,
  ;; ARM-LABEL: f1:
  ;; ARM: add pc, r
  ;; ARM-NOT: add pc, r
  ;; ARM: .size f1,
  (func (export "run") (param $ip i32) (param $top i32) (result i32)
    (loop $next
      (block $end (block $four (block $three (block $two (block $one (block $zero
        (br_table $zero $one $two $three $four $end (i32.load8_u (local.get $ip)))
      ) ;; zero
        (i32.store (local.get $top) (i32.load offset=1 align=1 (local.get $ip)))
        (local.set $top (i32.add (local.get $top) (i32.const 4)))
        (local.set $ip (i32.add (local.get $ip) (i32.const 5)))
        (br $next)
      ) ;; one
        (local.set $top (i32.sub (local.get $top) (i32.const 4)))
        (i32.store offset=8 (local.get $top) (i32.add
          (i32.load (local.get $top)) (i32.load offset=4 (local.get $top))))
        (local.set $ip (i32.add (local.get $ip) (i32.const 1)))
        (br $next)
      ) ;; two
        (i32.store (local.get $top) (i32.mul
          (i32.load (local.get $top)) (i32.load offset=8 (local.get $top))))
        (local.set $ip (i32.add (local.get $ip) (i32.const 1)))
        (br $next)
      ) ;; three
        (local.set $ip (i32.load offset=1 align=1 (local.get $ip)))
        (br $next)
      ) ;; four
        (i32.store (local.get $top) (i32.rotl
          (i32.load (local.get $top)) (i32.load offset=12 (local.get $top))))
        (local.set $ip (i32.add (local.get $ip) (i32.const 3)))
        (br $next)
      ) ;; end
    )
    (i32.load (local.get $top)))

  ;; A call is not copied.
  ;; THREAD-LABEL: f2:
  ;; THREAD: jmpq *%
  ;; THREAD-NOT: jmpq *%
  ;; THREAD: .size f2,
  (func (export "calls") (param $x i32) (param $y i32) (result i32)
    (loop $next
      (block $end (block $four (block $three (block $two (block $one (block $zero
        (br_table $zero $one $two $three $four $end (call $other (local.get $x)))
      ) ;; zero
        (local.set $x (i32.mul (local.get $x) (local.get $y)))
        (br $next)
      ) ;; one
        (local.set $x (i32.load (local.get $x)))
        (br $next)
      ) ;; two
        (i32.store (local.get $x) (local.get $y))
        (br $next)
      ) ;; three
        (i64.store (local.get $x) (i64.const 4))
        (br $next)
      ) ;; four
        (local.set $y (i32.rotl (local.get $x) (local.get $y)))
        (br $next)
      ) ;; end
    )
    (local.get $y))

  ;; Nothing leads back: not a loop.
  ;; THREAD-LABEL: f3:
  ;; THREAD: jmpq *%
  ;; THREAD-NOT: jmpq *%
  ;; THREAD: .size f3,
  (func (export "once") (param $x i32) (param $y i32) (result i32)
    (if (local.get $x) (then (i32.store (local.get $x) (i32.const 1)))
      (else (i32.store (local.get $y) (i32.const 1))))
    (block $end (block $four (block $three (block $two (block $one (block $zero
      (br_table $zero $one $two $three $four $end (i32.load (local.get $y)))
    ) ;; zero
      (return (i32.load8_u (local.get $x)))
    ) ;; one
      (return (i32.load16_s (local.get $y)))
    ) ;; two
      (i32.store (local.get $x) (local.get $y))
      (return (i32.const 7))
    ) ;; three
      (i64.store (local.get $x) (i64.const 4))
      (return (i32.const 9))
    ) ;; four
      (return (i32.rotl (local.get $x) (local.get $y)))
    ) ;; end
    (local.get $y))
)
