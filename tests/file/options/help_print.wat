;;; RUN: waxwing print --help
(module)
;;; STDOUT:
Prints a module in the text format.

usage: waxwing print [options] FILE

options:
  -h --help                 Show this
  -o --output FILE          Write there instead of to standard output
  --features LIST           Which features modules may use: a set to start from (wasm1, wasm2,
                            wasm3, default, all, threads-proposal), then +NAME and -NAME, e.g.
                            wasm2,+tail-call

examples:
  waxwing print app.wasm
  waxwing print app.wasm -o app.wat
