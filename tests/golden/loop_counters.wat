;; RUN: COUNT --target=x86_64 --emit=ir -O2
;; RUN: CODE --target=x86_64 --emit=asm -O2
;; RUN: QUICK --target=x86_64 --emit=ir -O1
;; Of what a loop counts, only what it works with is counted in it; what is wanted behind it is made
;; there.
(module
  (memory 1)

  ;; The end, the length, and a few more bytes of a text.
  ;; COUNT-LABEL: define {{.*}}@f0(
  ;; COUNT: loop:
  ;; COUNT-NEXT: %{{[^ ]+}} = phi i32
  ;; COUNT-NOT: phi
  ;; COUNT: load volatile i8
  ;; COUNT: br i1
  ;; COUNT: phi i32
  ;; COUNT: freeze i32
  ;; COUNT: ret void
  ;; CODE-LABEL: f0:
  ;; CODE: [[LOOP:\.LBB0_[0-9]+]]:
  ;; CODE-NEXT: incl
  ;; CODE-NEXT: cmpb $0
  ;; CODE-NEXT: jne [[LOOP]]
  ;; QUICK-LABEL: define {{.*}}@f0(
  ;; QUICK: loop:
  ;; QUICK-NEXT: phi i32
  ;; QUICK-NEXT: phi i32
  (func (export "idle") (param $p i32) (param $to i32)
    (local $length i32) (local $behind i32)
    (local.set $behind (i32.add (local.get $p) (i32.const 5)))
    (loop $next
      (local.set $length (i32.add (local.get $length) (i32.const 1)))
      (local.set $behind (i32.add (local.get $behind) (i32.const 1)))
      (br_if $next (i32.load8_u (local.tee $p (i32.add (local.get $p) (i32.const 1))))))
    (i32.store (local.get $to) (local.get $length))
    (i32.store offset=4 (local.get $to) (local.get $behind))
    (i32.store offset=8 (local.get $to) (local.get $p)))

  ;; Both are wanted in the loop.
  ;; COUNT-LABEL: define {{.*}}@f1(
  ;; COUNT: loop:
  ;; COUNT-NEXT: phi i32
  ;; COUNT-NEXT: phi i32
  ;; COUNT: ret i32
  (func (export "busy") (param $p i32) (param $q i32) (result i32)
    (loop $next
      (i32.store8 (local.get $q) (i32.load8_u (local.get $p)))
      (local.set $q (i32.add (local.get $q) (i32.const 1)))
      (br_if $next (i32.load8_u (local.tee $p (i32.add (local.get $p) (i32.const 1))))))
    (local.get $q))

  ;; Another step is another count.
  ;; COUNT-LABEL: define {{.*}}@f2(
  ;; COUNT: loop:
  ;; COUNT-NEXT: phi i32
  ;; COUNT-NEXT: phi i32
  ;; COUNT: ret i32
  (func (export "steps") (param $p i32) (result i32) (local $n i32)
    (loop $next
      (local.set $n (i32.add (local.get $n) (i32.const 3)))
      (br_if $next (i32.load8_u (local.tee $p (i32.add (local.get $p) (i32.const 1))))))
    (local.get $n))

  ;; Two exits want two values of it: each has its own.
  ;; COUNT-LABEL: define {{.*}}@f3(
  ;; COUNT: loop:
  ;; COUNT-NEXT: phi i32
  ;; COUNT-NOT: loop{{.*}}phi
  ;; COUNT: freeze i32
  ;; COUNT: freeze i32
  ;; COUNT: }
  (func (export "exits") (param $p i32) (param $to i32) (local $n i32) (local $c i32)
    (block $other
      (loop $next
        (local.set $n (i32.add (local.get $n) (i32.const 1)))
        (local.set $c (i32.load8_u (local.tee $p (i32.add (local.get $p) (i32.const 1)))))
        (br_if $other (i32.eq (local.get $c) (i32.const 44)))
        (br_if $next (local.get $c)))
      (i32.store (local.get $to) (i32.mul (local.get $n) (i32.const 77)))
      (return))
    (i32.store offset=4 (local.get $to) (i32.mul (local.get $n) (i32.const 99)))
    (i32.store offset=8 (local.get $to) (local.get $n)))
)
