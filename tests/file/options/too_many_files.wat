;;; RUN: waxwing inspect %s %s
;;; RUN: waxwing print %s %s
;;; EXIT: 2
(module)
;;; STDERR:
waxwing: error: more than one file given: inspect takes one
usage: waxwing inspect [options] FILE
Try 'waxwing inspect --help'.
waxwing: error: more than one file given: print takes one
usage: waxwing print [options] FILE
Try 'waxwing print --help'.
