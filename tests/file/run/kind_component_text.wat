;;; LINES: 3
;;; RUN: waxwing run %s
;;; EXIT: 1
(; a component in the text format ;)
(component
  (core module))
;;; STDERR:
waxwing: error: kind_component_text.wat: this is a component (WASI 0.2), not a module
  Waxwing runs core modules: build it with --target wasm32-wasip1, or take the module out:
  wasm-tools component unbundle --module-dir . kind_component_text.wat
