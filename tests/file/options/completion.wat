;;; RUN: waxwing completion
;;; RUN: waxwing completion tcsh
;;; RUN: waxwing completion bash zsh
;;; RUN: waxwing manual page
;;; EXIT: 2
(module)
;;; STDERR:
waxwing: error: name one shell: bash, zsh or fish
usage: waxwing completion bash|zsh|fish
Try 'waxwing completion --help'.
waxwing: error: there is no completion for 'tcsh': the shells are bash, zsh and fish
usage: waxwing completion bash|zsh|fish
Try 'waxwing completion --help'.
waxwing: error: name one shell: bash, zsh or fish
usage: waxwing completion bash|zsh|fish
Try 'waxwing completion --help'.
waxwing: error: 'page': manual takes no arguments
usage: waxwing manual
Try 'waxwing manual --help'.
