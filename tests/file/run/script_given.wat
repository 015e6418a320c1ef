;;; RUN: waxwing run %s
;;; EXIT: 1
;;; NAME: script.wast
(module (func (export "f")))
(assert_return (invoke "f"))
;;; STDERR:
waxwing: error: script.wast:5:1: unexpected token `(`, expected the end of the module
  this may be a script: 'waxwing wast script.wast' runs those
