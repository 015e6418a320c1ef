;;; LINES: 3
;;; RUN: sh -c 'tail -n 1 %s > notes.txt'
;;; RUN: waxwing run notes.txt
;;; EXIT: 0 1
Dear diary,
;;; STDERR:
waxwing: error: notes.txt: this is text, but not WebAssembly text, which begins with '(module'
