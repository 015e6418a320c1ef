;;; LINES: 3
;;; RUN: waxwing ap.wasm
;;; RUN: waxwing run folder/app.wasm
;;; RUN: waxwing ./something-else
;;; NAME: app.wasm
(module)
