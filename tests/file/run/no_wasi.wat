;;; RUN: waxwing run --dir . %s
(module (func (export "_start")))
;;; STDERR:
waxwing: note: no_wasi.wat does not import WASI: --dir, --env and --tcplisten have no effect
