;;; RUN: waxwing validate --json %s
;;; RUN: sh -c 'echo "(module (func (result i32)))" > bad.wat'
;;; RUN: waxwing validate --json %s bad.wat no-such.wasm
;;; EXIT: 0 0 1
(module)
;;; STDOUT:
[
  {
    "file": "json.wat",
    "valid": true
  }
]
[
  {
    "file": "json.wat",
    "valid": true
  },
  {
    "file": "bad.wat",
    "valid": false,
    "message": "bad.wat:0x18 (func 0): type mismatch: expected i32, found nothing at end",
    "offset": 24
  },
  {
    "file": "no-such.wasm",
    "valid": false,
    "message": "no-such.wasm: there is no such file; check its path and name"
  }
]
