;; RUN: HUNDRED --target=x86_64 --emit=asm -O2 --call-stack-features=func-idx,ip
;; RUN: IDX --target=x86_64 --emit=ir -O2 --call-stack-features=func-idx
;; RUN: LOCALS --target=x86_64 --emit=ir -O2 --call-stack-features=locals
;; One push and one pop, whatever lies between (frames.wat has it with one call).
(module
  (import "env" "log" (func $log (param i32)))
  ;; HUNDRED-LABEL: f1:
  ;; HUNDRED: pushq %rbp
  ;; HUNDRED-NEXT: .cfi
  ;; HUNDRED-NEXT: .cfi
  ;; HUNDRED-NEXT: movq %rsp, %rbp
  ;; HUNDRED-NOT: {{(push|pop)q %rbp|, .*\(%rbp\)}}
  ;; HUNDRED-COUNT-100: call
  ;; HUNDRED-NOT: call
  ;; HUNDRED: popq %rbp
  ;; HUNDRED-NEXT: .cfi
  ;; HUNDRED-NEXT: retq
  ;; HUNDRED-NOT: {{(push|pop)q %rbp}}
  ;; HUNDRED: .cfi_endproc
  ;; IDX-LABEL: define {{.*}}@f1(
  ;; IDX-NOT: {{frameaddress|store volatile}}
  ;; IDX: ret void
  ;; The parameter is stored once: it does not change.
  ;; LOCALS-LABEL: define {{.*}}@f1(
  ;; LOCALS-COUNT-1: store volatile i32 %{{[0-9]+}}, ptr %waxwing.l0.
  ;; LOCALS-NOT: waxwing.l0.
  ;; LOCALS: ret void
  (func $hundred (export "hundred") (param i32)
    (call $log (i32.const 0))
    (call $log (i32.const 1))
    (call $log (i32.const 2))
    (call $log (i32.const 3))
    (call $log (i32.const 4))
    (call $log (i32.const 5))
    (call $log (i32.const 6))
    (call $log (i32.const 7))
    (call $log (i32.const 8))
    (call $log (i32.const 9))
    (call $log (i32.const 10))
    (call $log (i32.const 11))
    (call $log (i32.const 12))
    (call $log (i32.const 13))
    (call $log (i32.const 14))
    (call $log (i32.const 15))
    (call $log (i32.const 16))
    (call $log (i32.const 17))
    (call $log (i32.const 18))
    (call $log (i32.const 19))
    (call $log (i32.const 20))
    (call $log (i32.const 21))
    (call $log (i32.const 22))
    (call $log (i32.const 23))
    (call $log (i32.const 24))
    (call $log (i32.const 25))
    (call $log (i32.const 26))
    (call $log (i32.const 27))
    (call $log (i32.const 28))
    (call $log (i32.const 29))
    (call $log (i32.const 30))
    (call $log (i32.const 31))
    (call $log (i32.const 32))
    (call $log (i32.const 33))
    (call $log (i32.const 34))
    (call $log (i32.const 35))
    (call $log (i32.const 36))
    (call $log (i32.const 37))
    (call $log (i32.const 38))
    (call $log (i32.const 39))
    (call $log (i32.const 40))
    (call $log (i32.const 41))
    (call $log (i32.const 42))
    (call $log (i32.const 43))
    (call $log (i32.const 44))
    (call $log (i32.const 45))
    (call $log (i32.const 46))
    (call $log (i32.const 47))
    (call $log (i32.const 48))
    (call $log (i32.const 49))
    (call $log (i32.const 50))
    (call $log (i32.const 51))
    (call $log (i32.const 52))
    (call $log (i32.const 53))
    (call $log (i32.const 54))
    (call $log (i32.const 55))
    (call $log (i32.const 56))
    (call $log (i32.const 57))
    (call $log (i32.const 58))
    (call $log (i32.const 59))
    (call $log (i32.const 60))
    (call $log (i32.const 61))
    (call $log (i32.const 62))
    (call $log (i32.const 63))
    (call $log (i32.const 64))
    (call $log (i32.const 65))
    (call $log (i32.const 66))
    (call $log (i32.const 67))
    (call $log (i32.const 68))
    (call $log (i32.const 69))
    (call $log (i32.const 70))
    (call $log (i32.const 71))
    (call $log (i32.const 72))
    (call $log (i32.const 73))
    (call $log (i32.const 74))
    (call $log (i32.const 75))
    (call $log (i32.const 76))
    (call $log (i32.const 77))
    (call $log (i32.const 78))
    (call $log (i32.const 79))
    (call $log (i32.const 80))
    (call $log (i32.const 81))
    (call $log (i32.const 82))
    (call $log (i32.const 83))
    (call $log (i32.const 84))
    (call $log (i32.const 85))
    (call $log (i32.const 86))
    (call $log (i32.const 87))
    (call $log (i32.const 88))
    (call $log (i32.const 89))
    (call $log (i32.const 90))
    (call $log (i32.const 91))
    (call $log (i32.const 92))
    (call $log (i32.const 93))
    (call $log (i32.const 94))
    (call $log (i32.const 95))
    (call $log (i32.const 96))
    (call $log (i32.const 97))
    (call $log (i32.const 98))
    (call $log (i32.const 99))))
