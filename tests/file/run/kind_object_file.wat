;;; LINES: 3
;;; RUN: waxwing run %s
;;; EXIT: 1
;;; NAME: app.o
;; A relocatable object, as compilers write them before linking.
(module
  (import "env" "__linear_memory" (memory 0))
  (func $main)
  (@custom "linking" "\02"))
;;; STDERR:
waxwing: error: app.o: this is an object file, not a program yet: link it, e.g.
  clang --target=wasm32-wasip1 app.o -o app.wasm
