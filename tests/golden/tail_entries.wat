;; RUN: IR --target=aarch64 --emit=ir -O0
;; RUN: RISCV --target=riscv64 --emit=ir -O0
;; RUN: ASM --target=x86_64 --emit=asm -O2
;; A function that makes tail calls has its body behind a tail entry, which jumps.
(module
  ;; IR-LABEL: define {{.*}}tailcc i64 @f0.tail(ptr {{.*}}, i64 {{.*}})
  ;; IR: musttail call tailcc i64 @f0.tail(
  ;; IR-NEXT: ret i64
  ;; RISCV-LABEL: define {{.*}}i64 @f0.tail(ptr %vm)
  ;; RISCV: musttail call i64 @f0.tail(ptr %vm)
  ;; RISCV-NEXT: ret i64
  ;; ASM-LABEL: f0.tail:
  ;; ASM: pushq %rbp
  ;; ASM: retq
  (func $loop (export "loop") (param i64) (result i64)
    (if (i64.eqz (local.get 0)) (then (return (i64.const 7))))
    (return_call $loop (i64.sub (local.get 0) (i64.const 1))))
  ;; A call that is no tail call stays one, even where nothing follows it.
  ;; ASM-LABEL: f1:
  ;; ASM: callq
  ;; ASM: retq
  (func $same (export "same") (param i32) (result i32) (call $same (local.get 0))))
