;;; RUN: waxwing wast %s
;;; EXIT: 1
;; What can be wrong with threads in a script.
(module $Own (func (export "f") (result i32) (i32.const 1)) (memory (export "m") 1))
(thread $T (shared (module $Own))
  ;; Nothing but shared memories crosses.
  (assert_return (invoke $Own "f") (i32.const 1))
  (register "own" $Own)
  (module (memory (import "own" "m") 1)))
(thread $T)
(wait $T)
(wait $T)
(thread $U (shared (module $Unknown)))
;; A thread that nobody waits for is waited for at the end, and threads may have threads.
(thread $V
  (module (func (export "g") (result i32) (i32.const 2)))
  (thread $W (assert_return (invoke "g") (i32.const 2)))
  (assert_return (invoke "g") (i32.const 2)))
