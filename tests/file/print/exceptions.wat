;;; RUN: waxwing print %s
(module
  (import "env" "shared" (tag $shared (param externref)))
  (tag $oops (export "oops") (param i32 f64))
  (tag)
  (global (mut exnref) (ref.null exn))
  (func (param $again exnref) (result i32 f64)
    (block $plain (result i32 f64)
      (block $with (result i32 f64 exnref)
        (block $any (result exnref)
          (try_table $inner (result i32 f64) (catch $oops $plain) (catch_ref $oops $with)
              (catch_all_ref $any) (catch_all 3)
            (throw $oops (i32.const 1) (f64.const 2)))
          (return))
        (throw_ref))
      (drop))))
;;; STDOUT:
(module
  (type (;0;) (func (param externref)))
  (type (;1;) (func (param i32 f64)))
  (type (;2;) (func))
  (type (;3;) (func (param exnref) (result i32 f64)))
  (type (;4;) (func (result i32 f64)))
  (type (;5;) (func (result i32 f64 exnref)))
  (import "env" "shared" (tag $shared (type 0)))
  (tag $oops (type 1))
  (tag (;2;) (type 2))
  (global (;0;) (mut exnref) (ref.null exn))
  (export "oops" (tag $oops))
  (func (;0;) (type 3) (param $again exnref) (result i32 f64)
    block $plain (type 4)
      block $with (type 5)
        block $any (result exnref)
          try_table $inner (type 4) (catch $oops $plain) (catch_ref $oops $with) (catch_all_ref $any) (catch_all 3)
            i32.const 1
            f64.const 2
            throw $oops
          end
          return
        end
        throw_ref
      end
      drop
    end))
