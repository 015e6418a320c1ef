;;; RUN: waxwing run --timeout 50ms %s
;;; EXIT: 134
(module
  (func $spin (export "_start") (loop $again (br $again))))
;;; STDERR:
waxwing: trap: time limit exceeded{{(\n  0: 0x0023 spin  timeout\.wat:4:34)?}}
  --timeout gave it 50 ms
