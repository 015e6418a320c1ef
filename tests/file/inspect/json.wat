;;; RUN: waxwing inspect --json %s
(module $small
  (import "env" "log" (func (param i32)))
  (memory (export "memory") 1 2)
  (table 3 4 externref)
  (global (export "g") (mut f64) (f64.const 1))
  (tag (param i64))
  (func (export "f") (param i32) (result i32) local.get 0))
;;; STDOUT:
{
  "file": "json.wat",
  "size": 117,
  "text": true,
  "name": "small",
  "features": [
    "mvp",
    "mutable-globals",
    "reference-types",
    "exceptions"
  ],
  "sections": [
    {
      "id": 1,
      "name": "type",
      "offset": 10,
      "size": 14,
      "entries": 3
    },
    {
      "id": 2,
      "name": "import",
      "offset": 26,
      "size": 11,
      "entries": 1
    },
    {
      "id": 3,
      "name": "function",
      "offset": 39,
      "size": 2,
      "entries": 1
    },
    {
      "id": 4,
      "name": "table",
      "offset": 43,
      "size": 5,
      "entries": 1
    },
    {
      "id": 5,
      "name": "memory",
      "offset": 50,
      "size": 4,
      "entries": 1
    },
    {
      "id": 13,
      "name": "tag",
      "offset": 56,
      "size": 3,
      "entries": 1
    },
    {
      "id": 6,
      "name": "global",
      "offset": 61,
      "size": 13,
      "entries": 1
    },
    {
      "id": 7,
      "name": "export",
      "offset": 76,
      "size": 18,
      "entries": 3
    },
    {
      "id": 10,
      "name": "code",
      "offset": 96,
      "size": 6,
      "entries": 1
    },
    {
      "id": 0,
      "name": "name",
      "offset": 104,
      "size": 13
    }
  ],
  "types": [
    "(func (param i32))",
    "(func (param i64))",
    "(func (param i32) (result i32))"
  ],
  "imports": [
    {
      "module": "env",
      "name": "log",
      "kind": "func",
      "index": 0,
      "type": "(param i32)"
    }
  ],
  "exports": [
    {
      "name": "memory",
      "kind": "memory",
      "index": 0,
      "type": "1 2"
    },
    {
      "name": "g",
      "kind": "global",
      "index": 0,
      "type": "(mut f64)"
    },
    {
      "name": "f",
      "kind": "func",
      "index": 1,
      "type": "(param i32) (result i32)"
    }
  ],
  "functions": {
    "imported": 1,
    "own": 1
  },
  "tables": [
    {
      "min": 3,
      "max": 4,
      "address": "i32",
      "element": "externref"
    }
  ],
  "memories": [
    {
      "min": 1,
      "max": 2,
      "address": "i32",
      "page_size": 65536
    }
  ],
  "globals": [
    {
      "type": "f64",
      "mutable": true
    }
  ],
  "tags": 1,
  "start": null
}
