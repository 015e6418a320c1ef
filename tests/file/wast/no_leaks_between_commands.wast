;;; RUN: waxwing wast %s
(module
  (func $f (export "exhaust") (call $f))
  (func (export "trap") unreachable)
  (func (export "good") (result i64) (i64.const 1)))
(assert_exhaustion (invoke "exhaust") "call stack exhausted")
(assert_return (invoke "good") (i64.const 1))
(assert_trap (invoke "trap") "unreachable")
(assert_return (invoke "good") (i64.const 1))
(assert_trap (module (func $f unreachable) (start $f)) "unreachable")
(assert_return (invoke "good") (i64.const 1))
;;; STDOUT:
6 passed, 0 failed, 0 skipped
