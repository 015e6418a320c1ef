;;; RUN: waxwing validate %s no-such-file.wasm %s
(module (func (result i32) i64.const 1))
