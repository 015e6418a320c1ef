;;; RUN: waxwing run --invoke id %s 7
;;; RUN: waxwing run --invoke id %s null
;;; RUN: waxwing run --invoke f %s
;;; RUN: waxwing run --invoke g %s null
;;; RUN: waxwing run --invoke g %s 3
;;; EXIT: 0 0 0 0 1
(module
  (func (export "id") (param externref) (result externref) local.get 0)
  (func $f (export "f") (result funcref) ref.func $f)
  (func (export "g") (param funcref) (result funcref) local.get 0))
;;; STDOUT:
ref.extern 7
ref.null
ref.func 1
ref.null
;;; STDERR:
waxwing: error: argument 1 of 'g': '3' is not funcref: write null
