;;; RUN: waxwing run --timeout 20ms %s
;;; EXIT: 134
(module (func $spin (loop br 0)) (start $spin))
;;; STDERR:
waxwing: trap: time limit exceeded{{(\n  0: ~?0x001[ac] spin  timeout_in_start\.wat:3:2[27])?}}
  --timeout gave it 20 ms
