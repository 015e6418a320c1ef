;;; LINES: 3
;;; RUN: waxwing .
;;; RUN: sh -c 'mkdir empty'
;;; RUN: waxwing run empty
;;; NAME: app.wasm
(module)
