;;; RUN: waxwing validate %s
;;; EXIT: 1
(module
  (func $f (param i32)
    local.get 7
    drop))
;;; STDERR:
waxwing: error: unknown_local.wat:5:5: 0x18 (func 0 "f"): unknown local 7 (there is 1) at local.get
