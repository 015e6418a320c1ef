;;; NEEDS: waxwing compile --cpu=help
;;; RUN: waxwing run --engine=aot --invoke div %s 42 5
;;; RUN: waxwing run --engine=aot -O0 --invoke div %s 1 0
;;; RUN: waxwing run --engine=aot --fuel 3 --invoke div %s 1 0
;;; RUN: waxwing run --engine=aot --signals=off --invoke div %s 1 0
;;; RUN: waxwing run --engine=aot --cpu=znver33 --invoke div %s 1 0
;;; EXIT: 0 134 134 134 1
(module
  (func $div (export "div") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1))))
;;; STDOUT:
8
;;; STDERR:
waxwing: trap: integer divide by zero
  0: 0x0027 div  engine_aot.wat:10:6
waxwing: trap: all fuel consumed
  0: 0x0023 div  engine_aot.wat:10:17
  --fuel gave it 3 units
waxwing: trap: integer divide by zero
  0: 0x0027 div  engine_aot.wat:10:6
waxwing: error: engine_aot.wat: unknown processor 'znver33' for x86_64; did you mean 'znver3'?
