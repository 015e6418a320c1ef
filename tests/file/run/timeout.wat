;;; RUN: waxwing run --timeout 50ms %s
;;; EXIT: 134
(module
  (func $spin (export "_start") (loop $again (br $again))))
;;; STDERR:
waxwing: trap: time limit exceeded{{(\n  0: ~?0x002[35] spin  timeout\.wat:4:(34|47))?}}
  --timeout gave it 50 ms
