;;; RUN: waxwing validate --features=wasm1 %s
;;; RUN: waxwing validate --features=wasm1,+simd %s
;;; EXIT: 1 0
(module
  (func (result v128)
    v128.const i32x4 1 2 3 4))
;;; STDERR:
waxwing: error: feature_off.wat:0xe: feature is not enabled: simd
  --features=+simd allows it
