;;; RUN: waxwing wast --stats %s
(module (func (export "f") (result i32) (i32.const 1)))
(assert_return (invoke "f") (i32.const 1))
(assert_return (invoke "f") (i32.const 1))
(assert_invalid (module (func (result i32))) "type mismatch")
;;; STDOUT:
        1 module
        2 assert_return
        1 assert_invalid
        2 modules in the binary format, 59 bytes
{{ +[0-9.]+}} seconds for 1 script, the longest:
{{ +[0-9.]+}} stats.wast
3 passed, 0 failed, 0 skipped
