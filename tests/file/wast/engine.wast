;;; RUN: waxwing wast --engine interp %s
;;; RUN: waxwing wast --engine jit %s
;;; EXIT: 0 2
(module (func (export "f")))
(assert_return (invoke "f"))
;;; STDOUT:
1 passed, 0 failed, 0 skipped
;;; STDERR:
waxwing: error: --engine: 'jit' is none of interp, aot, native
usage: waxwing wast [options] FILE|DIR...
Try 'waxwing wast --help'.
