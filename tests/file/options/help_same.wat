;;; RUN: waxwing help validate
;;; RUN: waxwing validate -h
(module)
;;; STDOUT:
Checks modules, every function body included. Prints nothing where all is well.

usage: waxwing validate [options] FILE...

options:
  -h --help                 Show this
  --features LIST           Which features modules may use: a set to start from (wasm1, wasm2,
                            wasm3, default, all, threads-proposal), then +NAME and -NAME, e.g.
                            wasm2,+tail-call
  --json                    Print JSON, one entry a file

examples:
  waxwing validate app.wasm lib.wat
  waxwing validate --features=wasm2 app.wasm
Checks modules, every function body included. Prints nothing where all is well.

usage: waxwing validate [options] FILE...

options:
  -h --help                 Show this
  --features LIST           Which features modules may use: a set to start from (wasm1, wasm2,
                            wasm3, default, all, threads-proposal), then +NAME and -NAME, e.g.
                            wasm2,+tail-call
  --json                    Print JSON, one entry a file

examples:
  waxwing validate app.wasm lib.wat
  waxwing validate --features=wasm2 app.wasm
