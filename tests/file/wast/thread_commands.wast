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
;;; STDOUT:
thread_commands.wast:10:1: error: thread $T has not been waited for
thread_commands.wast:7:3: expected (i32 1), found module $Own belongs to another thread
thread_commands.wast:9:3: error: cannot be instantiated: unknown import
thread_commands.wast:12:1: error: no thread $T to wait for
thread_commands.wast:13:1: error: no module $Unknown to share
thread_commands.wast:17:14: expected (i32 2), found no module to act on
errors: 4 (modules, actions or scripts that failed outside of an assertion)
1 passed, 2 failed, 0 skipped
