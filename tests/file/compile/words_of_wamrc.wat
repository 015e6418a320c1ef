;;; NEEDS: waxwing compile --cpu=help
;;; RUN: waxwing compile --format=aot --opt-level=1 --size-level=3 --bounds-checks=1 --emit-custom-sections=name %s -o a.wax
;;; RUN: waxwing run --invoke double a.wax 4
;;; RUN: sh -c 'waxwing compile --format=llvmir-unopt words_of_wamrc.wat -o - | grep -c "alloca i32"'
;;; RUN: sh -c 'waxwing compile --format=llvmir-opt words_of_wamrc.wat -o - | grep -c "alloca i32"'
;;; RUN: waxwing compile --format=elf %s
;;; EXIT: 0 0 0 1 2
(module (func (export "double") (param i32) (result i32)
  (i32.add (local.get 0) (local.get 0))))
;;; STDOUT:
8
1
0
;;; STDERR:
waxwing: error: --format: 'elf' is none of aot, object, llvmir-unopt, llvmir-opt
usage: waxwing compile [options] FILE [-o OUTPUT]
Try 'waxwing compile --help'.
