;;; RUN: waxwing run --timeout soon %s
;;; RUN: waxwing run --timeout 5h %s
;;; RUN: waxwing run --timeout 0 %s
;;; RUN: waxwing run --timeout=-5 %s
;;; EXIT: 2
(module)
;;; STDERR:
waxwing: error: --timeout: 'soon' is not a time: write 500ms, 2s or 3m; a bare number is in milliseconds
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: --timeout: '5h' is not a time: write 500ms, 2s or 3m; a bare number is in milliseconds
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: --timeout: '0' leaves no time: 1ms is the least
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: --timeout: '-5' is not a time: write 500ms, 2s or 3m; a bare number is in milliseconds
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
