;;; RUN: waxwing run --timeout 50ms %s
;;; EXIT: 134
(module
  (func $spin (export "_start") (loop $again (br $again))))
;;; STDERR:
waxwing: trap: time limit exceeded
  --timeout gave it 50 ms
