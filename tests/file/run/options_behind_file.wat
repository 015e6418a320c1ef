;;; RUN: waxwing run %s --invoke f
;;; EXIT: 1
(module (func (export "f")))
;;; STDERR:
waxwing: error: options_behind_file.wat: options stand before the file; what follows it belongs to the program
