;;; LINES: 3
;;; RUN: sh -c 'tail -n 1 %s > notes.txt'
;;; RUN: waxwing run notes.txt
Dear diary,
