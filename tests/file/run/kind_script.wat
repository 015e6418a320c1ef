;;; LINES: 3
;;; RUN: sh -c 'tail -n 1 %s > start'
;;; RUN: waxwing run start
#!/bin/sh
