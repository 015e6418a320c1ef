;;; RUN: waxwing validate %s no-such-file.wasm %s
;;; EXIT: 1
(module (func (result i32) i64.const 1))
;;; STDERR:
waxwing: error: several_files.wat:3:28: 0x1a (func 0): type mismatch: expected i32, found i64 at end
waxwing: error: no-such-file.wasm: there is no such file; check its path and name
waxwing: error: several_files.wat:3:28: 0x1a (func 0): type mismatch: expected i32, found i64 at end
