;;; LINES: 3
;;; RUN: sh -c 'tail -n 1 %s > app.c'
;;; RUN: waxwing app.c
;;; EXIT: 0 1
int main(void) { return 0; }
;;; STDERR:
waxwing: error: app.c: this is C: compile it first, e.g.
  clang --target=wasm32-wasip1 -O2 app.c -o app.wasm
