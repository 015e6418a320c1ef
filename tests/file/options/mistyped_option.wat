;;; RUN: waxwing run --invok f %s
;;; RUN: waxwing --dri . %s
;;; RUN: waxwing validate %s --feature=wasm1
;;; RUN: waxwing inspect --jsn %s
;;; RUN: waxwing wast -x %s
;;; EXIT: 2
(module)
;;; STDERR:
waxwing: error: unknown option --invok; did you mean '--invoke'?
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: unknown option --dri; did you mean '--dir'?
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: unknown option --feature; did you mean '--features'?
usage: waxwing validate [options] FILE...
Try 'waxwing validate --help'.
waxwing: error: unknown option --jsn; did you mean '--json'?
usage: waxwing inspect [options] FILE
Try 'waxwing inspect --help'.
waxwing: error: unknown option -x
usage: waxwing wast [options] FILE|DIR...
Try 'waxwing wast --help'.
