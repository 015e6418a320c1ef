;;; LINES: 3
;;; RUN: waxwing --dri . %s
;;; RUN: waxwing run --max-memroy 1M %s
;;; RUN: waxwing --max-memory=lots %s
;;; EXIT: 2
(module (func (export "_start")))
;;; STDERR:
waxwing: error: unknown option --dri; did you mean '--dir'?
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: unknown option --max-memroy; did you mean '--max-memory'?
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: --max-memory: 'lots' is not a size: write a number of bytes, or 64K, 8M, 2G
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
