;; RUN: CODE --target=x86_64 --emit=asm -O2
;; RUN: SIZE --target=x86_64 --emit=asm -Os
;; RUN: ARM --target=aarch64 --emit=asm -O2
;; A loop that fits into 64 bytes doesn't lie across two times 64.
(module
  (memory 1)
  ;; Of about 12 bytes: padded where at most 11 are left.
  ;; CODE-LABEL: f0:
  ;; CODE: .p2align 6, , {{1[0-5]}}{{$}}
  ;; CODE-NEXT: .LBB0_
  ;; SIZE-LABEL: f0:
  ;; SIZE-NOT: .p2align 6
  ;; ARM-LABEL: f0:
  ;; ARM-NOT: .p2align 6
  (func (export "walk") (param $at i32) (result i32)
    (loop $next
      (br_if $next (local.tee $at (i32.load (local.get $at)))))
    (local.get $at))

  ;; What is longer begins as LLVM has it.
  ;; CODE-LABEL: f1:
  ;; CODE-NOT: .p2align 6
  ;; CODE: .p2align 4
  ;; CODE-NOT: .p2align 6
  ;; CODE: .size f1,
  (func (export "copy") (param $from i32) (param $to i32)
    (loop $next
      (i32.store offset=1000 (local.get $to) (i32.load offset=1000 (local.get $from)))
      (i32.store offset=2000 (local.get $to) (i32.load offset=2000 (local.get $from)))
      (i32.store offset=3000 (local.get $to) (i32.load offset=3000 (local.get $from)))
      (i32.store offset=4000 (local.get $to) (i32.load offset=4000 (local.get $from)))
      (local.set $to (i32.load (local.get $to)))
      (br_if $next (local.tee $from (i32.load (local.get $from)))))))
