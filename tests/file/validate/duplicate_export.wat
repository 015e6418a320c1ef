;;; RUN: waxwing validate %s
;;; EXIT: 1
(module (func $f) (export "f" (func $f)) (export "f" (func $f)))
;;; STDERR:
waxwing: error: duplicate_export.wat:0x19: duplicate export name "f"
