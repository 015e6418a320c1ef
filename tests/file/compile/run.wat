;;; NEEDS: waxwing compile --cpu=help
;;; RUN: waxwing compile %s -o a.wax
;;; RUN: waxwing run --invoke div a.wax 42 5
;;; RUN: waxwing run --invoke div a.wax 1 0
;;; RUN: waxwing compile -O0 %s -o b.wax --metering --embed-wasm --checksum
;;; RUN: waxwing run --fuel 100 --invoke div b.wax 42 5
;;; EXIT: 0 0 134 0 0
(module
  (func $div (export "div") (param i32 i32) (result i32)
    (i32.div_s (local.get 0) (local.get 1))))
;;; STDOUT:
8
8
;;; STDERR:
waxwing: trap: integer divide by zero
  0: 0x{{[0-9a-f]+}} div
