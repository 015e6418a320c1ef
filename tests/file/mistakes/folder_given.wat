;;; LINES: 3
;;; RUN: waxwing .
;;; RUN: sh -c 'mkdir empty'
;;; RUN: waxwing run empty
;;; EXIT: 1 0 1
;;; NAME: app.wasm
(module)
;;; STDERR:
waxwing: error: .: this is a folder; name a module in it, e.g. ./app.wasm
waxwing: error: empty: this is a folder; name a module (there is no .wasm or .wat file in it)
