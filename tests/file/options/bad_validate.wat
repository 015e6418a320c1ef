;;; RUN: waxwing run --validate=later %s
;;; EXIT: 2
(module)
;;; STDERR:
waxwing: error: --validate: 'later' is neither 'eager' nor 'lazy'
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
