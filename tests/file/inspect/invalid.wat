;;; RUN: waxwing inspect %s
;;; RUN: waxwing inspect no-such-file.wasm
;;; EXIT: 1
(module (func (result i32)))
;;; STDERR:
waxwing: error: invalid.wat:0x18 (func 0): type mismatch: expected i32, found nothing at end
waxwing: error: no-such-file.wasm: there is no such file; check its path and name
