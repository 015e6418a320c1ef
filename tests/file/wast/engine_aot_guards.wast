;;; NEEDS: waxwing compile --cpu=help
;;; NEEDS: sh -c "test $(ulimit -v) = unlimited"
;;; RUN: waxwing wast --engine=aot %s
;; Guard pages take addresses, which a limit may not leave.
(module
  (memory 1)
  (func (export "beyond") (result v128) (v128.load (i32.const 65521)))
  (func (export "far") (result i32) (i32.load offset=0xFFFFFFFF (i32.const -1))))
(assert_trap (invoke "beyond") "out of bounds memory access")
(assert_trap (invoke "far") "out of bounds memory access")
;;; STDOUT:
2 passed, 0 failed, 0 skipped
