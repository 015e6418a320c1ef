;;; RUN: waxwing run --timeout 20ms %s
;;; EXIT: 134
(module (func $spin (loop br 0)) (start $spin))
;;; STDERR:
waxwing: trap: time limit exceeded
  --timeout gave it 20 ms
