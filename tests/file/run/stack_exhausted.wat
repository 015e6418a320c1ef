;;; RUN: waxwing run %s
(module
  (func $down (export "_start") (call $down)))
