;;; RUN: waxwing run --fuel 100000 %s
;;; RUN: waxwing run --fuel 1000 --invoke short %s
(module
  (func $spin (export "_start") (loop $again (br $again)))
  (func (export "short") (result i32) (i32.const 5)))
