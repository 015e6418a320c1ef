;;; RUN: waxwing inspect --help
(module)
;;; STDOUT:
Shows what a module holds: sections, types, imports, exports, memories, tables,
custom sections, and the features that it needs.

usage: waxwing inspect [options] FILE

options:
  -h --help                 Show this
  --sizes                   Show only where the bytes are: sections and functions, the largest
                            first
  --json                    Print JSON

examples:
  waxwing inspect app.wasm
  waxwing inspect --sizes app.wasm
  waxwing inspect --json app.wasm | jq .imports
