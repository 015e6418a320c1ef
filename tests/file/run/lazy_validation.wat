;;; RUN: waxwing run --validate=lazy %s
;;; RUN: waxwing run --validate=lazy --invoke bad %s
;;; RUN: waxwing run --validate=eager %s
;;; RUN: waxwing run %s
;;; EXIT: 0 134 1 1
(module
  (func (export "_start"))
  (func $bad (export "bad") (result i32) i64.const 1))
;;; STDERR:
waxwing: trap: invalid function body: 0x33 (func 1 "bad"): type mismatch: expected i32, found i64 at end
  0: 0x0030 bad
waxwing: error: lazy_validation.wat:8:42: 0x33 (func 1 "bad"): type mismatch: expected i32, found i64 at end
waxwing: error: lazy_validation.wat:8:42: 0x33 (func 1 "bad"): type mismatch: expected i32, found i64 at end
