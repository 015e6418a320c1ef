;;; RUN: waxwing print --features=+legacy-exceptions %s
(module
  (tag $a)
  (tag $b (param i32))
  (func (result i32)
    try $outer (result i32)
      try $inner
        throw $a
      delegate $outer
      i32.const 1
    catch $b
    catch $a
      rethrow $outer
    catch_all
      i32.const 3
    end))
;;; STDOUT:
(module
  (type (;0;) (func))
  (type (;1;) (func (param i32)))
  (type (;2;) (func (result i32)))
  (tag $a (type 0))
  (tag $b (type 1))
  (func (;0;) (type 2) (result i32)
    try $outer (result i32)
      try $inner
        throw $a
      delegate $outer
      i32.const 1
    catch $b
    catch $a
      rethrow $outer
    catch_all
      i32.const 3
    end))
