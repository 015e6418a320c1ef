;; RUN: CODE --target=x86_64 --cpu=generic --emit=asm -O2
;; RUN: SIZE --target=x86_64 --cpu=generic --emit=asm -Os
;; In a loop over vectors each is stored when it is there, not all at the end.
(module
  (memory 1)
  ;; CODE-LABEL: f0:
  ;; CODE: addps
  ;; CODE-NEXT: movups %xmm{{[0-9]+}}, {{.*}}(
  ;; CODE-NEXT: movups {{.*}}), %xmm
  ;; CODE-NEXT: addps
  ;; CODE-NEXT: movups %xmm{{[0-9]+}}, {{.*}}(
  ;; What may trap stays in its order, though two steps are done at a time.
  ;; CODE: MEMBARRIER
  ;; CODE: movss (%rax,{{.*}}), %xmm
  ;; CODE: movss (%rax,{{.*}}), %xmm
  ;; CODE: movss %xmm{{[0-9]+}}, (%rax,
  ;; CODE: movss (%rax,{{.*}}), %xmm
  ;; CODE: movss (%rax,{{.*}}), %xmm
  ;; CODE: movss %xmm{{[0-9]+}}, (%rax,
  ;; CODE: .size f0,
  ;; SIZE-LABEL: f0:
  ;; SIZE-NOT: addps
  (func (export "saxpy") (param $x i32) (param $y i32) (param $n i32) (param $a f32) (local $i i32)
    (loop $next
      (f32.store (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 2)))
        (f32.add
          (f32.load (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 2))))
          (f32.mul (local.get $a)
            (f32.load (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2)))))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n)))))

  ;; Stores don't pass each other: what is stored all along is stored in the order of addresses,
  ;; behind what was stored before it.
  ;; CODE-LABEL: f1:
  ;; CODE: paddd
  ;; CODE-NEXT: movdqu %xmm{{[0-9]+}}, -16(
  ;; CODE-NEXT: paddd
  ;; CODE-NEXT: movdqu %xmm{{[0-9]+}}, (
  ;; CODE-NEXT: movdqu %xmm{{[0-9]+}}, -16(
  ;; CODE-NEXT: movdqu %xmm{{[0-9]+}}, (
  (func (export "two") (param $x i32) (param $y i32) (param $z i32) (param $n i32) (param $a i32)
    (local $i i32)
    (loop $next
      (i32.store (i32.add (local.get $z) (i32.shl (local.get $i) (i32.const 2)))
        (i32.add (local.get $a)
          (i32.load (i32.add (local.get $x) (i32.shl (local.get $i) (i32.const 2))))))
      (i32.store (i32.add (local.get $y) (i32.shl (local.get $i) (i32.const 2))) (local.get $a))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $i) (local.get $n))))))
