;;; RUN: waxwing run .
;;; RUN: waxwing .
;;; EXIT: 1
(module)
;;; STDERR:
waxwing: error: .: this is a folder; name a module in it, e.g. ./folder_given.wat
waxwing: error: .: this is a folder; name a module in it, e.g. ./folder_given.wat
