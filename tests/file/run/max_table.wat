;;; RUN: waxwing run --max-table 10 --invoke grow %s 5
;;; RUN: waxwing run --max-table 10 --invoke grow %s 6
;;; RUN: waxwing run --max-table 4 --invoke grow %s 0
;;; RUN: waxwing run --max-table many --invoke grow %s 0
;;; EXIT: 0 0 1 2
(module
  (table 5 funcref)
  (func (export "grow") (param i32) (result i32)
    (table.grow (ref.null func) (local.get 0))))
;;; STDOUT:
5
-1
;;; STDERR:
waxwing: error: max_table.wat: a table of it is larger than --max-table allows at the start
waxwing: error: --max-table: 'many' is not a number such as 1000000
usage: waxwing run [options] FILE [arguments...]
Try 'waxwing run --help'.
