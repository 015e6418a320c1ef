;;; RUN: waxwing run --timeout 500ms --fuel 1_000_000 --stack-size 256K --max-memory=1G --validate=lazy %s
;;; RUN: waxwing run --timeout 1.5s --stack-size 65536 --validate eager %s
;;; RUN: waxwing run --timeout 250 --features=wasm2,+tail-call,-simd %s
(module (func $main) (start $main))
