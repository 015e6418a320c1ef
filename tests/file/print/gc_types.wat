;;; RUN: waxwing print %s
(module
  (rec
    (type $node (sub (struct (field $next (mut (ref null $node))) (field $value i8))))
    (type $leaf (sub final $node (struct (field (mut (ref null $node))) (field i8) (field f64)))))
  (type $numbers (array (mut i16)))
  (tag $oops (param i32))
  (func (param (ref $node)) (result i32)
    (struct.get_u $node 1 (local.get 0)))
  (func (result i32)
    (block $caught (result i32)
      (try_table (catch $oops $caught) (throw $oops (i32.const 3)))
      (i32.const 4))))
;;; STDOUT:
(module
  (rec
    (type $node (sub (struct (field $next (mut (ref null $node))) (field $value i8))))
    (type $leaf (sub final $node (struct (field (mut (ref null $node))) (field i8) (field f64)))))
  (type $numbers (array (mut i16)))
  (type (;3;) (func (param i32)))
  (type (;4;) (func (param (ref $node)) (result i32)))
  (type (;5;) (func (result i32)))
  (tag $oops (type 3))
  (func (;0;) (type 4) (param (ref $node)) (result i32)
    local.get 0
    struct.get_u $node $value)
  (func (;1;) (type 5) (result i32)
    block $caught (result i32)
      try_table (catch $oops $caught)
        i32.const 3
        throw $oops
      end
      i32.const 4
    end))
