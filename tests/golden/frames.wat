;; RUN: FULL --target=x86_64 --emit=asm -O2 --call-stack-features=func-idx,ip
;; RUN: IDX --target=x86_64 --emit=ir -O2 --call-stack-features=func-idx
;; RUN: ARM --target=aarch64 --emit=asm -O2 --call-stack-features=func-idx,ip
;; A frame is the record that the prologue pushes and the epilogue pops: once at the entry and once at
;; each exit, however many calls there are. With func-idx and ip nothing is stored at calls.
;; frames_hundred.wat is the same with 100 calls.
(module
  (import "env" "log" (func $log (param i32)))
  (memory 1)
  (tag $wrong)

  ;; One call.
  ;; FULL-LABEL: f1:
  ;; FULL: pushq %rbp
  ;; FULL-NOT: %rbp)
  ;; FULL: movq %rsp, %rbp
  ;; FULL-NOT: %rbp)
  ;; FULL: callq
  ;; FULL-NEXT: popq %rbp
  ;; FULL: retq
  ;; FULL-NOT: {{push|pop}}q
  ;; FULL: .cfi_endproc
  ;; ARM-LABEL: f1:
  ;; ARM: x29, x30, [sp
  ;; ARM: mov x29, sp
  ;; ARM: blr
  ;; ARM-NEXT: ldp x29, x30, [sp
  ;; ARM: ret
  ;; IDX-LABEL: define {{.*}}@f1(
  ;; IDX-NOT: {{frameaddress|store volatile}}
  ;; IDX: ret void
  (func $one (export "one") (param i32) (call $log (local.get 0)))

  ;; Two ways out, and one pop for each.
  ;; FULL-LABEL: f2:
  ;; FULL-COUNT-1: pushq %rbp
  ;; FULL: callq
  ;; FULL: popq %rbp
  ;; FULL-NEXT: .cfi
  ;; FULL-NEXT: retq
  ;; FULL: callq
  ;; FULL: popq %rbp
  ;; FULL-NEXT: .cfi
  ;; FULL-NEXT: retq
  ;; FULL-NOT: {{push|pop}}q
  ;; FULL: .cfi_endproc
  (func $two (export "two") (param i32) (result i32)
    (if (local.get 0) (then (call $log (i32.const 1)) (return (i32.const 2))))
    (call $log (i32.const 3)) (i32.const 4))

  ;; Popped before the jump.
  ;; FULL-LABEL: f3.tail:
  ;; FULL: pushq %rbp
  ;; FULL: popq %rbp
  ;; FULL-NOT: {{push|pop}}q
  ;; FULL: jmp
  ;; FULL: .cfi_endproc
  (func $tail (export "tail") (param i32) (call $log (i32.const 5)) (return_call $tail (local.get 0)))

  ;; A landing pad goes on with the frame of its function.
  ;; IDX-LABEL: define {{.*}}@f4(
  ;; IDX: landingpad
  ;; IDX-NOT: {{frameaddress|store volatile}}
  ;; IDX: ret void
  ;; FULL-LABEL: f4:
  ;; FULL-COUNT-1: pushq %rbp
  ;; FULL-NOT: pushq %rbp
  ;; FULL: .cfi_endproc
  (func $catch (export "catch") (param i32)
    (block $caught (try_table (catch_all $caught) (call $log (local.get 0))) (return))
    (call $log (i32.const 6))))
