;;; RUN: sh -c 'mkdir -p a/b empty; echo "(assert_malformed (module quote \"(\") \"x\")" > a/b/two.wast; cp a/b/two.wast a/one.wast; touch a/not.wat'
;;; RUN: waxwing wast -v a %s
;;; RUN: waxwing wast empty
;;; RUN: waxwing wast no-such-folder
;;; EXIT: 0 0 0 1
(module)
;;; STDOUT:
a/b/two.wast: 1 passed, 0 failed, 0 skipped
a/one.wast: 1 passed, 0 failed, 0 skipped
folders.wast: 0 passed, 0 failed, 0 skipped
2 passed, 0 failed, 0 skipped
0 passed, 0 failed, 0 skipped
errors: 1 (modules, actions or scripts that failed outside of an assertion)
0 passed, 0 failed, 0 skipped
;;; STDERR:
waxwing: warning: empty: no .wast files in it
waxwing: error: no-such-folder: there is no such file; check its path and name
