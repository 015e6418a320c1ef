;;; RUN: waxwing wast --verbose %s %s
;;; RUN: waxwing wast --json %s
;;; EXIT: 1
(module (func (export "f") (result i32) i32.const 1))
(assert_return (invoke "f") (i32.const 1))
(assert_return (invoke "f") (i32.const 2))
;;; STDOUT:
verbose_and_json.wast:6:1: expected (i32 2), found (i32 1)
verbose_and_json.wast: 1 passed, 1 failed, 0 skipped
verbose_and_json.wast:6:1: expected (i32 2), found (i32 1)
verbose_and_json.wast: 1 passed, 1 failed, 0 skipped
2 passed, 2 failed, 0 skipped
{
  "passed": 1,
  "failed": 1,
  "skipped": 0,
  "errors": 0,
  "files": [
    {
      "file": "verbose_and_json.wast",
      "passed": 1,
      "failed": 1,
      "skipped": 0,
      "errors": 0,
      "complaints": [
        "verbose_and_json.wast:6:1: expected (i32 2), found (i32 1)"
      ],
      "notes": []
    }
  ]
}
