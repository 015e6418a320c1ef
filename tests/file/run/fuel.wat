;;; RUN: waxwing run --fuel 100000 %s
;;; RUN: waxwing run --fuel 1000 --invoke short %s
;;; EXIT: 134 0
(module
  (func $spin (export "_start") (loop $again (br $again)))
  (func (export "short") (result i32) (i32.const 5)))
;;; STDOUT:
5
;;; STDERR:
waxwing: trap: all fuel consumed
  0: 0x0032 spin  fuel.wat:5:47
  --fuel gave it 100000 units
