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
