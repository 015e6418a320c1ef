;;; RUN: waxwing run --fuel lots %s
;;; RUN: waxwing run --fuel 1e6 %s
;;; EXIT: 2
(module)
;;; STDERR:
waxwing: error: --fuel: 'lots' is not a number such as 1000000
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: --fuel: '1e6' is not a number such as 1000000
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
