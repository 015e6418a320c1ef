;;; RUN: waxwing wast --help
(module)
