;;; LINES: 3
;;; RUN: sh -c 'tail -n 1 %s > package.json'
;;; RUN: waxwing run package.json
;;; EXIT: 0 1
{"name": "app"}
;;; STDERR:
waxwing: error: package.json: this is JSON, not a WebAssembly module
