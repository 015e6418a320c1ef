;;; NEEDS: waxwing compile --cpu=help
;;; RUN: waxwing run --engine=aot --cache=c --invoke double %s 4
;;; RUN: waxwing run --engine=aot --cache=c --invoke double %s 5
;;; RUN: sh -c 'ls c | wc -l'
;;; RUN: waxwing run --engine=aot --cache=c -O0 --invoke double %s 6
;;; RUN: sh -c 'ls c | wc -l; for f in c/*; do head -c 4096 $f > cut; mv cut $f; done'
;;; RUN: waxwing run --engine=aot --cache=c --invoke double %s 7
;;; RUN: sh -c 'for i in 1 2 3 4 5 6; do waxwing run --engine=aot --cache=d --invoke double cache.wat $i > out$i & done; wait; cat out*; ls d | wc -l'
;;; RUN: sh -c 'XDG_CACHE_HOME=$PWD/home waxwing run --engine=aot --cache --invoke double cache.wat 8; ls home/waxwing | wc -l'
;;; RUN: waxwing run --engine=aot --cache=%s --invoke double %s 9
;;; EXIT: 0 0 0 0 0 0 0 0 1
(module (func (export "double") (param i32) (result i32)
  (i32.add (local.get 0) (local.get 0))))
;;; STDOUT:
8
10
1
12
2
14
2
4
6
8
10
12
1
16
1
;;; STDERR:
waxwing: error: --cache: cache.wat: Not a directory
