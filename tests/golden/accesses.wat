;; RUN: GUARD --target=x86_64 --emit=ir -O2
;; RUN: CHECK32 --target=armv7 --emit=ir -O2
;; RUN: PROBE --target=riscv64 --emit=ir -O2
;; Accesses to memories are volatile at align 1, whatever comes of their values.
(module
  (memory 1)
  ;; GUARD-LABEL: define {{.*}}@f0(
  ;; GUARD: load ptr, {{.*}}!invariant.load
  ;; GUARD: zext i32 {{.*}} to i64
  ;; GUARD: load volatile i32, {{.*}} align 1, {{.*}}!alias.scope
  ;; GUARD-NOT: icmp
  ;; GUARD: ret void
  ;; CHECK32-LABEL: define {{.*}}@f0(
  ;; CHECK32: icmp
  ;; CHECK32: call void @llvm.trap() #[[NOMERGE:[0-9]+]]
  (func (export "dead_load") (param i32) (drop (i32.load offset=8 (local.get 0))))
  ;; The last byte is read before anything is written.
  ;; PROBE-LABEL: define {{.*}}@f1(
  ;; PROBE: getelementptr i8, ptr {{.*}}, i64 3
  ;; PROBE: load volatile i8, {{.*}} align 1
  ;; PROBE: store volatile i32 {{.*}} align 1
  (func (export "store") (param i32 i32) (i32.store (local.get 0) (local.get 1)))
  ;; GUARD: attributes #0 = {{.*}}null_pointer_is_valid{{.*}}"disable-tail-calls"="true"{{.*}}"frame-pointer"="all"{{.*}}"no-builtins"{{.*}}"probe-stack"="inline-asm"
  ;; CHECK32: attributes #[[NOMERGE]] = { nomerge }
)
