;;; RUN: waxwing run --timeout 20ms %s
(module (func $spin (loop br 0)) (start $spin))
