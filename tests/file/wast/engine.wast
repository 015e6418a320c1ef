;;; RUN: waxwing wast --engine interp %s
;;; RUN: waxwing wast --engine jit %s
(module (func (export "f")))
(assert_return (invoke "f"))
