;;; LINES: 3
;;; RUN: waxwing ap.wasm
;;; RUN: waxwing run folder/app.wasm
;;; RUN: waxwing ./something-else
;;; EXIT: 1
;;; NAME: app.wasm
(module)
;;; STDERR:
waxwing: error: ap.wasm: there is no such file; did you mean 'app.wasm'?
waxwing: error: folder/app.wasm: there is no such file; nor is there a folder 'folder'
waxwing: error: ./something-else: there is no such file; check its path and name
