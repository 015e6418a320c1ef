;;; RUN: waxwing inspect --help
(module)
