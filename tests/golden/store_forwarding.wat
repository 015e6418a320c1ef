;; RUN: JOIN --target=x86_64 --emit=ir -O2
;; What two stores have left is put together for a load of both, which would wait for them; not where
;; something else may have been stored there, nor from a memory that others write to.
(module
  (import "m" "f" (func $other))
  (memory 1)
  (memory $shared 1 1 shared)

  ;; JOIN-LABEL: define {{.*}}@f1(
  ;; JOIN: store volatile float
  ;; JOIN: store volatile float
  ;; JOIN-NOT: load volatile i64
  ;; JOIN: shl nuw i64 {{.*}}, 32
  ;; JOIN: store volatile i64
  ;; JOIN: ret void
  (func (export "floats") (param $p i32) (param $q i32) (param $x f32) (param $y f32)
    (f32.store offset=8 (local.get $p) (local.get $x))
    (f32.store offset=12 (local.get $p) (local.get $y))
    (i64.store (local.get $q) (i64.load offset=8 (local.get $p))))

  ;; JOIN-LABEL: define {{.*}}@f2(
  ;; JOIN-NOT: load volatile <
  ;; JOIN: insertelement <2 x i64>
  ;; JOIN: ret void
  (func (export "vector") (param $p i32) (param $q i32) (param $x f64) (param $y i64)
    (i64.store offset=24 (local.get $p) (local.get $y))
    (f64.store offset=16 (local.get $p) (local.get $x))
    (v128.store (local.get $q) (v128.load offset=16 (local.get $p))))

  ;; Beyond a branch, but not where ways meet.
  ;; JOIN-LABEL: define {{.*}}@f3(
  ;; JOIN: or disjoint i64
  ;; JOIN: load volatile i64
  ;; JOIN: ret i64
  (func (export "behind_a_branch") (param $p i32) (param $q i32) (param $x i32) (result i64)
    (local $sum i64)
    (i32.store offset=4 (local.get $p) (local.get $x))
    (i32.store (local.get $p) (local.get $q))
    (if (i32.load (local.get $q)) (then
      (local.set $sum (i64.mul (i64.load (local.get $p)) (i64.load (local.get $p))))
      (call $other)))
    (i64.add (local.get $sum) (i64.load (local.get $p))))

  ;; JOIN-LABEL: define {{.*}}@f4(
  ;; JOIN: load volatile i64
  ;; JOIN: ret i64
  (func (export "stored_elsewhere") (param $p i32) (param $q i32) (param $x i32) (result i64)
    (i32.store (local.get $p) (local.get $x))
    (i32.store offset=4 (local.get $p) (local.get $x))
    (i32.store8 (local.get $q) (local.get $x))
    (i64.load (local.get $p)))

  ;; JOIN-LABEL: define {{.*}}@f5(
  ;; JOIN: load volatile i64
  ;; JOIN: ret i64
  (func (export "stored_over") (param $p i32) (param $x i32) (result i64)
    (i32.store (local.get $p) (local.get $x))
    (i32.store offset=4 (local.get $p) (local.get $x))
    (i32.store8 offset=3 (local.get $p) (i32.const 1))
    (i64.load (local.get $p)))

  ;; JOIN-LABEL: define {{.*}}@f6(
  ;; JOIN: load volatile i64
  ;; JOIN: ret i64
  (func (export "called") (param $p i32) (param $x i32) (result i64)
    (i32.store (local.get $p) (local.get $x))
    (i32.store offset=4 (local.get $p) (local.get $x))
    (call $other)
    (i64.load (local.get $p)))

  ;; JOIN-LABEL: define {{.*}}@f7(
  ;; JOIN: load volatile i64
  ;; JOIN: ret i64
  (func (export "half") (param $p i32) (param $x i32) (result i64)
    (i32.store (local.get $p) (local.get $x))
    (i32.store offset=8 (local.get $p) (local.get $x))
    (i64.load (local.get $p)))

  ;; JOIN-LABEL: define {{.*}}@f8(
  ;; JOIN: load volatile i64
  ;; JOIN: ret i64
  (func (export "shared") (param $p i32) (param $x i32) (result i64)
    (i32.store $shared (local.get $p) (local.get $x))
    (i32.store $shared offset=4 (local.get $p) (local.get $x))
    (i64.load $shared (local.get $p)))
)
