;;; RUN: waxwing validate %s --features=wasm1
;;; RUN: waxwing validate -- %s --features=wasm1
;;; EXIT: 1
(module (func (param v128)))
;;; STDERR:
waxwing: error: options_behind_files.wat:0xd: feature is not enabled: simd
  --features=+simd allows it
waxwing: error: --features=wasm1: there is no such file; check its path and name
