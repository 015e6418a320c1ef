;;; RUN: sh -c 'mkdir -p a/b empty; echo "(assert_malformed (module quote \"(\") \"x\")" > a/b/two.wast; cp a/b/two.wast a/one.wast; touch a/not.wat'
;;; RUN: waxwing wast -v a %s
;;; RUN: waxwing wast empty
;;; RUN: waxwing wast no-such-folder
(module)
