;;; RUN: waxwing run --fuel 10
;;; RUN: waxwing validate
;;; RUN: waxwing inspect --json
;;; RUN: waxwing print
;;; RUN: waxwing wast -v
;;; EXIT: 2
(module)
;;; STDERR:
waxwing: error: no file given: name the module to run
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
waxwing: error: no file given: name the modules to check
usage: waxwing validate [options] FILE...
Try 'waxwing validate --help'.
waxwing: error: no file given: name the module to inspect
usage: waxwing inspect [options] FILE
Try 'waxwing inspect --help'.
waxwing: error: no file given: name the module to print
usage: waxwing print [options] FILE
Try 'waxwing print --help'.
waxwing: error: no script given: name files or folders
usage: waxwing wast [options] FILE|DIR...
Try 'waxwing wast --help'.
