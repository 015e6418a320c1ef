;;; RUN: waxwing validate --features=+gx %s
;;; RUN: waxwing validate --features=+thread %s
;;; RUN: waxwing validate --features=gc %s
;;; RUN: waxwing validate --features=+gc,wasm1 %s
;;; RUN: waxwing validate --features=wasm4 %s
;;; RUN: waxwing validate --features=everything %s
;;; EXIT: 2
(module)
;;; STDERR:
waxwing: error: --features: there is no feature 'gx'; the features are mvp, mutable-globals, sign-extension, saturating-float-to-int, multi-value, bulk-memory, reference-types, simd, tail-call, extended-const, function-references, gc, exceptions, multi-memory, memory64, relaxed-simd, threads, wide-arithmetic, custom-page-sizes, legacy-exceptions, shared-everything
usage: waxwing validate [options] FILE...
Try 'waxwing validate --help'.
waxwing: error: --features: there is no feature 'thread'; did you mean 'threads'?
usage: waxwing validate [options] FILE...
Try 'waxwing validate --help'.
waxwing: error: --features: write '+gc' to allow gc, or '-gc' to refuse it
usage: waxwing validate [options] FILE...
Try 'waxwing validate --help'.
waxwing: error: --features: the set 'wasm1' must come first in the list
usage: waxwing validate [options] FILE...
Try 'waxwing validate --help'.
waxwing: error: --features: 'wasm4' is neither a feature nor a set; did you mean 'wasm1'?
usage: waxwing validate [options] FILE...
Try 'waxwing validate --help'.
waxwing: error: --features: 'everything' is neither a feature nor a set; the sets are wasm1, wasm2, wasm3, default, all, threads-proposal
usage: waxwing validate [options] FILE...
Try 'waxwing validate --help'.
