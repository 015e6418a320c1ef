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
    (local.get $at)))
