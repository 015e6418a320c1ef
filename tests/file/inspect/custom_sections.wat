;;; RUN: waxwing inspect %s
(module (@custom "producers" (before first) "x") (@custom "note" "hello") (func $main))
