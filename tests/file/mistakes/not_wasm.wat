;;; LINES: 3
;;; RUN: sh -c 'tail -n 1 %s > app.c'
;;; RUN: waxwing app.c
;;; EXIT: 0 1
int main(void) { return 0; }
