;; RUN: MOVE --target=x86_64 --emit=ir -O2
;; RUN: CODE --target=x86_64 --emit=asm -O2
;; RUN: ARM --target=aarch64 --emit=asm -O3
;; RUN: SIZE --target=x86_64 --emit=ir -Os
;; RUN: NARROW --target=riscv64 --emit=ir -O2
;; What moves few bytes in the first memory is done in the image; the rest is the runtime's, which a
;; jump leads to: what called is what called it.
(module
  (memory 1)
  (memory $second 1)
  (func (export "copy") (param i32 i32 i32)
    ;; MOVE-LABEL: define {{.*}}@f0(
    ;; MOVE: call void @short_copy(ptr %vm, i32 0, i32 0, i64
    ;; SIZE-LABEL: define {{.*}}@f0(
    ;; SIZE-NOT: short_
    ;; SIZE-LABEL: define {{.*}}@f2(
    ;; NARROW-LABEL: define {{.*}}@f0(
    ;; NARROW-NOT: short_
    ;; NARROW-LABEL: define {{.*}}@f2(
    (memory.copy (local.get 0) (local.get 1) (local.get 2)))
  (func (export "fill") (param i32 i32 i32)
    ;; MOVE-LABEL: define {{.*}}@f1(
    ;; MOVE: call void @short_fill(ptr %vm, i32 0, i64
    (memory.fill (local.get 0) (local.get 1) (local.get 2)))
  (func (export "others") (param i32 i32 i32)
    ;; MOVE-LABEL: define {{.*}}@f2(
    ;; MOVE-NOT: @short_
    ;; MOVE: ret void
    (memory.copy $second $second (local.get 0) (local.get 1) (local.get 2))
    (memory.copy $second 0 (local.get 0) (local.get 1) (local.get 2))
    (memory.copy 0 $second (local.get 0) (local.get 1) (local.get 2))
    (memory.fill $second (local.get 0) (local.get 1) (local.get 2)))
  ;; MOVE: define linkonce_odr hidden void @short_copy(
  ;; MOVE: icmp ult i64 %5, 129
  ;; MOVE: musttail call void %
  ;; Without a frame, and by a jump.
  ;; CODE-LABEL: short_copy:
  ;; CODE-NOT: push
  ;; CODE: cmpq $129
  ;; CODE-NOT: push
  ;; CODE: movups
  ;; CODE-NOT: call
  ;; CODE: jmpq *%
  ;; CODE-LABEL: short_fill:
  ;; CODE-NOT: push
  ;; CODE: jmpq *%
  ;; ARM-LABEL: short_copy:
  ;; ARM-NOT: stp x29
  ;; ARM: br x
  ;; ARM-LABEL: short_fill:
  ;; ARM-NOT: stp x29
  ;; ARM: br x
)
