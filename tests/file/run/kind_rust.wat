;;; LINES: 3
;;; RUN: sh -c 'tail -n 1 %s > app.rs'
;;; RUN: waxwing run app.rs
fn main() {}
