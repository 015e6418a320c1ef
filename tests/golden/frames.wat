;; RUN: IR --target=x86_64 --emit=ir -O2 --call-stack-features=func-idx,ip
;; RUN: IDX --target=x86_64 --emit=ir -O2 --call-stack-features=func-idx
;; RUN: NONE --target=x86_64 --emit=ir -O2
;; RUN: ASM --target=x86_64 --emit=asm -O2 --call-stack-features=func-idx,ip
;; A frame is pushed once and popped once at each exit, however many calls there are, and with func-idx
;; and ip nothing is stored at calls. HUNDRED is the same with 100 calls.
(module
  (import "env" "log" (func $log (param i32)))
  (memory 1)
  (tag $wrong)

  ;; One call.
  ;; IR-LABEL: define {{.*}}@f1(
  ;; IR: [[FRAME:%[0-9]+]] = call ptr @llvm.frameaddress.p0(i32 0)
  ;; IR: store volatile ptr [[FRAME]], ptr
  ;; IR-NOT: store volatile
  ;; IR: call void
  ;; IR-NOT: store volatile
  ;; IR: [[CALLER:%[0-9]+]] = call ptr @llvm.frameaddress.p0(i32 1)
  ;; IR: store volatile ptr [[CALLER]], ptr
  ;; IR-NOT: frameaddress
  ;; IR: ret void
  ;; IDX-LABEL: define {{.*}}@f1(
  ;; IDX-COUNT-2: store volatile ptr
  ;; IDX-NOT: store volatile
  ;; IDX: ret void
  ;; NONE-LABEL: define {{.*}}@f1(
  ;; NONE-NOT: frameaddress
  ;; NONE: ret void
  ;; ASM-LABEL: f1:
  ;; ASM: movq (%rdi), [[STORE:%r[a-z0-9]+]]
  ;; ASM: movq %rbp, 32([[STORE]])
  (func $one (export "one") (param i32) (call $log (local.get 0)))

  ;; Two ways out, and one pop for each (LLVM may join them).
  ;; IR-LABEL: define {{.*}}@f2(
  ;; IR-COUNT-1: @llvm.frameaddress.p0(i32 0)
  ;; IR-NOT: @llvm.frameaddress.p0(i32 0)
  ;; IR: ret
  (func $two (export "two") (param i32) (result i32)
    (if (local.get 0) (then (call $log (i32.const 1)) (return (i32.const 2))))
    (call $log (i32.const 3)) (i32.const 4))

  ;; A leaf that cannot trap pushes nothing, one that accesses a memory does.
  ;; IR-LABEL: define {{.*}}@f3(
  ;; IR-NOT: frameaddress
  ;; IR: ret i32
  (func $sum (export "sum") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
  ;; IR-LABEL: define {{.*}}@f4(
  ;; IR: frameaddress
  ;; IR: ret i32
  (func $peek (export "peek") (param i32) (result i32) (i32.load (local.get 0)))

  ;; Popped before the jump.
  ;; IR-LABEL: define {{.*}}@f5.tail(
  ;; IR: @llvm.frameaddress.p0(i32 0)
  ;; IR: @llvm.frameaddress.p0(i32 1)
  ;; IR-NEXT: load
  ;; IR-NEXT: getelementptr
  ;; IR-NEXT: store volatile
  ;; IR-NEXT: musttail call
  ;; IR-NEXT: ret
  (func $tail (export "tail") (param i32) (call $log (i32.const 5)) (return_call $tail (local.get 0)))

  ;; A landing pad puts the frame back.
  ;; IR-LABEL: define {{.*}}@f6(
  ;; IR: landingpad
  ;; IR: [[AGAIN:%[0-9]+]] = call ptr @llvm.frameaddress.p0(i32 0)
  ;; IR: store volatile ptr [[AGAIN]], ptr
  (func $catch (export "catch") (param i32)
    (block $caught (try_table (catch_all $caught) (call $log (local.get 0))) (return))
    (call $log (i32.const 6))))
