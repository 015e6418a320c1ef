;;; RUN: waxwing wast %s
;;; EXIT: 1
(module (func (result i32)))
(invoke "f")
(register "name")
(module $m (func (export "f") unreachable) (global (export "g") i32 (i32.const 5)))
(invoke "f")
(invoke $none "f")
(assert_return (get "g") (i32.const 5))
(assert_return (get "f"))
(assert_return (invoke "f" (i32.const 1)))
(module (import "m" "f" (func)))
(register "m" $m)
(module (import "m" "f" (func)))
;;; STDOUT:
errors.wast:3:1: error: invalid module: type mismatch: expected i32, found nothing
errors.wast:4:1: error: the action ended with no module to act on
errors.wast:5:1: error: no module to register
errors.wast:7:1: error: the action ended with trap "unreachable"
errors.wast:8:1: error: the action ended with no module $none
errors.wast:10:1: expected no values, found no global 'f' is exported
errors.wast:11:1: expected no values, found 'f' takes no arguments
errors.wast:12:1: error: cannot be instantiated: unknown import
errors: 6 (modules, actions or scripts that failed outside of an assertion)
1 passed, 2 failed, 0 skipped
