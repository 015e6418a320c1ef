;; RUN: CODE --target=x86_64 --emit=asm -O2
;; The bases of these memories take all registers that there are, so one of them is in r13, which is
;; no base of an address without a displacement: it is the index.
(module
  (memory 1) (memory 1) (memory 1) (memory 1) (memory 1) (memory 1) (memory 1)
  (memory 1) (memory 1) (memory 1) (memory 1) (memory 1) (memory 1)
  ;; CODE-LABEL: f0:
  ;; CODE-NOT: (%r13,
  ;; CODE: (%r{{[a-z0-9]+}},%r13)
  ;; CODE-NOT: (%r13,
  ;; CODE: .size f0,
  (func (export "walk") (param $at i32) (result i32)
    (loop $next
      (local.set $at (i32.load 0 (local.get $at)))
      (local.set $at (i32.load 1 (local.get $at)))
      (local.set $at (i32.load 2 (local.get $at)))
      (local.set $at (i32.load 3 (local.get $at)))
      (local.set $at (i32.load 4 (local.get $at)))
      (local.set $at (i32.load 5 (local.get $at)))
      (local.set $at (i32.load 6 (local.get $at)))
      (local.set $at (i32.load 7 (local.get $at)))
      (local.set $at (i32.load 8 (local.get $at)))
      (local.set $at (i32.load 9 (local.get $at)))
      (local.set $at (i32.load 10 (local.get $at)))
      (local.set $at (i32.load 11 (local.get $at)))
      (local.set $at (i32.load 12 (local.get $at)))
      (br_if $next (local.get $at)))
    (local.get $at))

  ;; A sum of three numbers between a comparison and its use.
  ;; CODE-LABEL: f1:
  ;; CODE: leaq (%[[X:r[a-z0-9]+]],%[[X]],2), %[[SUM:r[a-z0-9]+]]
  ;; CODE-NEXT: leaq 1(%[[SUM]]), %[[SUM]]
  ;; CODE-NEXT: cmov
  (func (export "steps") (param $x i64) (result i32) (local $n i32)
    (loop $next
      (local.set $n (i32.add (local.get $n) (i32.const 1)))
      (br_if $next (i64.ne (i64.const 1) (local.tee $x
        (select (i64.shr_u (local.get $x) (i64.const 1))
          (i64.add (i64.mul (local.get $x) (i64.const 3)) (i64.const 1))
          (i64.eqz (i64.and (local.get $x) (i64.const 1))))))))
    (local.get $n)))
