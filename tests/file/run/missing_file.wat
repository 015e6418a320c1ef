;;; RUN: waxwing run no-such-file.wasm
;;; RUN: waxwing no-such-file.wasm
(module)
