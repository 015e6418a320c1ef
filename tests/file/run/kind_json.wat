;;; LINES: 3
;;; RUN: sh -c 'tail -n 1 %s > package.json'
;;; RUN: waxwing run package.json
{"name": "app"}
