;;; RUN: waxwing run --invok f %s
;;; RUN: waxwing --dri . %s
;;; RUN: waxwing validate %s --feature=wasm1
;;; RUN: waxwing inspect --jsn %s
;;; RUN: waxwing wast -x %s
(module)
