;;; RUN: sh -c ': > empty.wasm'
;;; RUN: waxwing run empty.wasm
;;; EXIT: 0 1
(module)
;;; STDERR:
waxwing: error: empty.wasm: the file is empty
