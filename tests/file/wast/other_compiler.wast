;;; RUN: waxwing wast --compiler=waxwing %s
;;; RUN: waxwing wast --engine=aot --compiler=/nonexistent/waxwing %s
;;; EXIT: 1
(module (func (export "f")))
(assert_return (invoke "f"))
;;; STDOUT:
other_compiler.wast:4:1: error: module that cannot be compiled: /nonexistent/waxwing: there is no such program, or it can't be run
other_compiler.wast:5:1: expected no values, found no module to act on
errors: 1 (modules, actions or scripts that failed outside of an assertion)
0 passed, 1 failed, 0 skipped
;;; STDERR:
waxwing: error: --compiler is for --engine=aot
