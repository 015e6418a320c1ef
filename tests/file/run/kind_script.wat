;;; LINES: 3
;;; RUN: sh -c 'tail -n 1 %s > start'
;;; RUN: waxwing run start
;;; EXIT: 0 1
#!/bin/sh
;;; STDERR:
waxwing: error: start: this is a script, not a WebAssembly module
