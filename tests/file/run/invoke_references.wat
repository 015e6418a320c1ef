;;; RUN: waxwing run --invoke id %s 7
;;; RUN: waxwing run --invoke id %s null
;;; RUN: waxwing run --invoke f %s
;;; RUN: waxwing run --invoke g %s null
;;; RUN: waxwing run --invoke g %s 3
(module
  (func (export "id") (param externref) (result externref) local.get 0)
  (func $f (export "f") (result funcref) ref.func $f)
  (func (export "g") (param funcref) (result funcref) local.get 0))
