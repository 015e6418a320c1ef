;;; RUN: waxwing run %s
;;; EXIT: 134
(module
  (func $main (export "_start")
    (block $caught
      (try_table (catch_all $caught) (throw_ref (ref.null exn))))))
;;; STDERR:
waxwing: trap: null exception reference
  0: 0x002c main  exception_null.wat:6:39
