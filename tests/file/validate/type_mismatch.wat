;;; RUN: waxwing validate %s
;;; EXIT: 1
(module
  (func $first)
  (func $middle (param i64 i32) (result i64)
    local.get 0
    local.get 1
    i64.add))
;;; STDERR:
waxwing: error: type_mismatch.wat:8:5: 0x25 (func 1 "middle"): type mismatch: expected i64, found i32 at i64.add
