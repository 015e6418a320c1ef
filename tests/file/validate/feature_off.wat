;;; RUN: waxwing validate --features=wasm1 %s
;;; RUN: waxwing validate --features=wasm1,+simd %s
(module
  (func (result v128)
    v128.const i32x4 1 2 3 4))
