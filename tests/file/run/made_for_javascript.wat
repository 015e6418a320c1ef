;;; RUN: waxwing run %s
(module
  (import "env" "emscripten_notify_memory_growth" (func (param i32)))
  (func (export "_start")))
