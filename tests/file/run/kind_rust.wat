;;; LINES: 3
;;; RUN: sh -c 'tail -n 1 %s > app.rs'
;;; RUN: waxwing run app.rs
;;; EXIT: 0 1
fn main() {}
;;; STDERR:
waxwing: error: app.rs: this is Rust: compile it first, e.g.
  rustc --target wasm32-wasip1 -O app.rs
