;;; RUN: waxwing validate --features=+gx %s
;;; RUN: waxwing validate --features=+thread %s
;;; RUN: waxwing validate --features=gc %s
;;; RUN: waxwing validate --features=+gc,wasm1 %s
;;; RUN: waxwing validate --features=wasm4 %s
;;; RUN: waxwing validate --features=everything %s
(module)
