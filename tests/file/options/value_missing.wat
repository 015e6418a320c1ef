;;; RUN: waxwing run --timeout
;;; RUN: waxwing print %s -o
;;; EXIT: 2
(module)
;;; STDERR:
waxwing: error: --timeout: its value is missing
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: --output: its value is missing
usage: waxwing print [options] FILE
Try 'waxwing print --help'.
