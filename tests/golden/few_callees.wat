;; RUN: FEW --target=x86_64 --emit=ir -O2
;; RUN: SMALL --target=x86_64 --emit=ir -Os
;; RUN: QUICK --target=x86_64 --emit=ir -O1
;; RUN: CALLS --target=thumbv7em --emit=ir -O2 --trace=table
;; Where few functions of a closed table have the type, a call through it compares the index with
;; the place of each and calls it directly; a short one is inlined. Which trap it is where none is
;; called, code of the whole module finds out, which needs no VmContext but where traps are calls.
(module
  (type $few (func (param i32) (result i32)))
  (type $one (func (param i64) (result i64)))
  (type $many (func (result i32)))
  (type $none (func (param f32)))
  (table 16 funcref)
  (elem (i32.const 1) $double $long $thrice $double)
  (elem (i32.const 6) $only)
  (elem (i32.const 8) $a $b $c $d $e)
  (func $double (type $few) (i32.mul (local.get 0) (i32.const 12345)))
  (func $thrice (type $few) (i32.add (local.get 0) (i32.const 54321)))
  ;; What isn't short stays on its own.
  (func $long (type $few)
    (loop
      (i32.store (local.get 0) (i32.mul (local.get 0) (i32.load offset=4 (local.get 0))))
      (i32.store offset=8 (local.get 0) (i32.mul (local.get 0) (i32.load offset=12 (local.get 0))))
      (i32.store offset=8 (local.get 0) (i32.mul (local.get 0) (i32.load offset=12 (local.get 0))))
      (i32.store offset=8 (local.get 0) (i32.mul (local.get 0) (i32.load offset=12 (local.get 0))))
      (i32.store offset=8 (local.get 0) (i32.mul (local.get 0) (i32.load offset=12 (local.get 0))))
      (i32.store offset=8 (local.get 0) (i32.mul (local.get 0) (i32.load offset=12 (local.get 0))))
      (i32.store offset=8 (local.get 0) (i32.mul (local.get 0) (i32.load offset=12 (local.get 0))))
      (i32.store offset=8 (local.get 0) (i32.mul (local.get 0) (i32.load offset=12 (local.get 0))))
      (i32.store offset=8 (local.get 0) (i32.mul (local.get 0) (i32.load offset=12 (local.get 0))))
      (br_if 0 (local.tee 0 (i32.load offset=16 (local.get 0)))))
    (local.get 0))
  (func $only (type $one) (i64.mul (local.get 0) (i64.const 999)))
  (func $a (type $many) (i32.const 1))
  (func $b (type $many) (i32.const 2))
  (func $c (type $many) (i32.const 3))
  (func $d (type $many) (i32.const 4))
  (func $e (type $many) (i32.const 5))
  (memory 1)

  ;; FEW-LABEL: define {{.*}}@f9(
  ;; FEW: switch i32 %1, label %bad [
  ;; FEW-NEXT: i32 1, label %[[DOUBLE:[0-9]+]]
  ;; FEW-NEXT: i32 2, label %[[LONG:[0-9]+]]
  ;; FEW-NEXT: i32 3, label %[[THRICE:[0-9]+]]
  ;; FEW-NEXT: i32 4, label %[[DOUBLE]]
  ;; FEW-NEXT: ], {{.*}}!prof
  ;; FEW: bad:
  ;; FEW-NEXT: call void @bad_index.0(ptr poison, i32 %1)
  ;; FEW-NEXT: unreachable
  ;; FEW: mul i32 %0, 12345
  ;; FEW: call i32 @f2(
  ;; FEW: add i32 %0, 54321
  ;; FEW-NOT: @table.0
  ;; SMALL-LABEL: define {{.*}}@f9(
  ;; SMALL: @table.0
  ;; QUICK-LABEL: define {{.*}}@f9(
  ;; QUICK: @table.0
  (func (export "few") (param i32 i32) (result i32)
    (call_indirect (type $few) (local.get 0) (local.get 1)))

  ;; FEW-LABEL: define {{.*}}@f10(
  ;; FEW-NOT: @table.0
  ;; FEW: icmp eq i32 %1, 6
  ;; SMALL-LABEL: define {{.*}}@f10(
  ;; SMALL-NOT: @table.0
  ;; SMALL: icmp eq i32 %1, 6
  (func (export "one") (param i64 i32) (result i64)
    (call_indirect (type $one) (local.get 0) (local.get 1)))

  ;; FEW-LABEL: define {{.*}}@f11(
  ;; FEW-NOT: switch
  ;; FEW: @table.0
  ;; SMALL-LABEL: define {{.*}}@f11(
  (func (export "many") (param i32) (result i32) (call_indirect (type $many) (local.get 0)))

  ;; FEW-LABEL: define {{.*}}@f12(
  ;; FEW-NOT: call {{.*}}@f
  ;; FEW: unreachable
  ;; FEW-LABEL: define {{.*}}@bad_index.0(
  ;; FEW: icmp ugt i32 %1, 15
  ;; FEW-COUNT-3: call void @llvm.trap()
  ;; CALLS-LABEL: define {{.*}}@f12(
  ;; CALLS: call void @bad_index.0(ptr %vm, i32 %0)
  ;; CALLS-LABEL: define {{.*}}@bad_index.0(
  ;; CALLS-COUNT-3: call void %{{.*}}(ptr %0, i32
  (func (export "none") (param i32) (call_indirect (type $none) (f32.const 0) (local.get 0)))
)
