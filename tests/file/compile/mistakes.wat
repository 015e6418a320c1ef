;;; NEEDS: waxwing compile --cpu=help
;;; RUN: waxwing compile --target=aarch46 %s
;;; RUN: waxwing compile --cpu=znver33 --target=x86_64 %s
;;; RUN: waxwing compile --cpu-features=+avx3 --target=x86_64 %s
;;; RUN: waxwing compile --emit=image2 %s
;;; RUN: waxwing compile -O5 %s
;;; RUN: waxwing compile
;;; RUN: waxwing compile %s -o no/such/folder
;;; RUN: waxwing compile --cpu-features=-64bit --target=x86_64 %s
;;; EXIT: 2 1 1 2 2 2 1 1
(module (func (export "f")))
;;; STDERR:
waxwing: error: --target: there is no target 'aarch46'; did you mean 'aarch64'?
  there are x86_64, aarch64, riscv64, armv7, thumbv7em, thumbv8m_main, riscv32
waxwing: error: mistakes.wat: unknown processor 'znver33' for x86_64; did you mean 'znver3'?
waxwing: error: mistakes.wat: unknown processor feature 'avx3' for x86_64; did you mean 'avx'?
waxwing: error: --emit: 'image2' is none of image, object, ir, asm; did you mean 'image'?
usage: waxwing compile [options] FILE [-o OUTPUT]
Try 'waxwing compile --help'.
waxwing: error: -O: '5' is none of 0, 1, 2, 3, s
usage: waxwing compile [options] FILE [-o OUTPUT]
Try 'waxwing compile --help'.
waxwing: error: no file given: name the module to compile
usage: waxwing compile [options] FILE [-o OUTPUT]
Try 'waxwing compile --help'.
waxwing: error: no/such/folder: cannot be written
waxwing: error: mistakes.wat: func 0 "f": LLVM gave up: 64-bit code requested on a subtarget that doesn't support it!
