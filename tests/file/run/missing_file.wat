;;; RUN: waxwing run no-such-file.wasm
;;; RUN: waxwing no-such-file.wasm
;;; EXIT: 1
(module)
;;; STDERR:
waxwing: error: no-such-file.wasm: there is no such file; check its path and name
waxwing: error: no-such-file.wasm: there is no such file; check its path and name
