;;; RUN: waxwing run %s
;;; EXIT: 1
(module
  (import "env" "emscripten_notify_memory_growth" (func (param i32)))
  (func (export "_start")))
;;; STDERR:
waxwing: error: made_for_javascript.wat:0x15: unknown import env.emscripten_notify_memory_growth: expected function (param i32), found nothing of that name
  it was made for JavaScript by Emscripten; build it with -sSTANDALONE_WASM
