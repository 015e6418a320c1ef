;;; RUN: waxwing wast %s
;;; EXIT: 1
(module definition $d (global $g (mut i32) (i32.const 0))
  (func (export "next") (result i32)
    (global.set $g (i32.add (global.get $g) (i32.const 1))) (global.get $g)))
(module instance $a $d)
(module instance $b $d)
(assert_return (invoke $a "next") (i32.const 1))
(assert_return (invoke $a "next") (i32.const 2))
(assert_return (invoke $b "next") (i32.const 1))
(module instance $c $none)
;;; STDOUT:
definitions.wast:11:1: error: no such module definition
errors: 1 (modules, actions or scripts that failed outside of an assertion)
3 passed, 0 failed, 0 skipped
