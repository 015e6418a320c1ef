;;; RUN: waxwing run --timeout 50ms %s
(module
  (func $spin (export "_start") (loop $again (br $again))))
