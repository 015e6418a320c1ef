;;; RUN: sh -c ': > empty.wasm'
;;; RUN: waxwing run empty.wasm
(module)
