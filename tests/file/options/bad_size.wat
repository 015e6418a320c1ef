;;; RUN: waxwing run --stack-size big %s
;;; RUN: waxwing run --max-memory 3X %s
;;; RUN: waxwing run --max-memory 99999999999G %s
;;; RUN: waxwing run --max-memory -1 %s
;;; EXIT: 2
(module)
;;; STDERR:
waxwing: error: --stack-size: 'big' is not a size: write a number of bytes, or 64K, 8M, 2G
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: --max-memory: '3X' is not a size: write a number of bytes, or 64K, 8M, 2G
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: --max-memory: '99999999999G' is not a size: write a number of bytes, or 64K, 8M, 2G
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: --max-memory: '-1' is not a size: write a number of bytes, or 64K, 8M, 2G
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
