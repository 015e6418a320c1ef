;;; RUN: waxwing validate no-such-file.wasm
(module)
