;;; RUN: waxwing run --json --invoke both %s
;;; RUN: waxwing run --json --invoke deep %s
;;; RUN: waxwing run --json --invoke throw %s
;;; RUN: waxwing run --json --invoke leave %s
;;; RUN: waxwing run --json --invoke nothing %s
;;; RUN: waxwing run --json %s
;;; EXIT: 0 134 134 3 1 0
(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 1)
  (tag $oops (param i32 externref))
  (func (export "both") (result i32 f64 externref)
    (i32.const -1) (f64.const 0.5) (ref.null extern))
  (func $load (result i32) (i32.load (i32.const 70000)))
  (func (export "deep") (result i32) (call $load))
  (func (export "throw") (throw $oops (i32.const 7) (ref.null extern)))
  (func (export "leave") (call $exit (i32.const 3)))
  (func (export "_start")))
;;; STDOUT:
{"exit_code":0,"results":[{"type":"i32","value":"-1"},{"type":"f64","value":"0.5"},{"type":"externref","value":"ref.null"}]}
{"exit_code":134,"trap":{"kind":"out_of_bounds_memory_access","message":"out of bounds memory access (address 0x11170+4, memory 0 is 0x10000 bytes)","access":{"address":70000,"length":4,"index":0,"bound":65536},"frames":[{"module":"json.wat","function":"load","index":2,"offset":{{[0-9]+}},"exact":true,"source":[{"function":"","place":"json.wat:14:29"}]},{"module":"json.wat","function":"deep","index":3,"offset":{{[0-9]+}},"exact":true,"source":[{"function":"","place":"json.wat:15:39"}]}],"frame_count":2}}
{"exit_code":134,"trap":{"kind":"uncaught_exception","message":"uncaught exception: oops (i32 7, externref ref.null)","frames":[{"module":"json.wat","function":"throw","index":4,"offset":{{[0-9]+}},"exact":true,"source":[{"function":"","place":"json.wat:16:27"}]}],"frame_count":1},"exception":{"tag":"oops","values":[{"type":"i32","value":"7"},{"type":"externref","value":"ref.null"}]}}
{"exit_code":3}
{"exit_code":1,"error":"json.wat: no exported function 'nothing'; it exports both, deep, throw, leave, _start"}
{"exit_code":0}
