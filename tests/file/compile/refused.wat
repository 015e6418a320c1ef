;;; NEEDS: waxwing compile --cpu=help
;;; RUN: waxwing compile %s
;;; EXIT: 1
(module
  (func $fine (export "fine"))
  (func $boxed (export "boxed") (result i31ref) (ref.i31 (i32.const 1))))
;;; STDERR:
waxwing: error: refused.wat: func 1 "boxed": 0x33: ref.i31 is not compiled
