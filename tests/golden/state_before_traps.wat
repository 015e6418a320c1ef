;; RUN: IR --target=x86_64 --emit=ir -O3
;; RUN: ASM --target=x86_64 --emit=asm -O3
;; What a trap leaves behind: stores to globals stay before accesses that may trap.
(module
  (memory 1)
  (global $g (mut i32) (i32.const 0))
  ;; IR-LABEL: define {{.*}}@f0(
  ;; IR: store volatile i32 1,
  ;; IR: load volatile i32
  ;; IR: store volatile i32 2,
  (func (export "set_load_set") (param i32)
    (global.set $g (i32.const 1))
    (drop (i32.load (local.get 0)))
    (global.set $g (i32.const 2)))
  ;; A load whose value is only selected happens all the same: no branch around it.
  ;; ASM-LABEL: f1:
  ;; ASM-NOT: {{^}}	j
  ;; ASM: retq
  (func (export "late_load") (param i32 i32) (result i32) (local i32)
    (local.set 2 (i32.load (local.get 0)))
    (i32.store (i32.const 64) (i32.const 1))
    (if (result i32) (local.get 1) (then (local.get 2)) (else (i32.const 5)))))
