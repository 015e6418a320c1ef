;;; RUN: waxwing run %s
;;; EXIT: 134
(module
  (tag $first (param i32))
  (global $kept (mut exnref) (ref.null exn))
  (func $keep
    (block $caught (result i32 exnref)
      (try_table (catch_ref $first $caught) (throw $first (i32.const 5)))
      (return))
    (global.set $kept)
    (drop))
  (func $again (throw_ref (global.get $kept)))
  (func $main (export "_start") (call $keep) (call $again)))
;;; STDERR:
waxwing: uncaught exception: first (i32 5)
  0: 0x0052 again  exception_thrown_again.wat:12:17
  1: 0x0058 main   exception_thrown_again.wat:13:47
