;;; RUN: waxwing inspect --sizes %s
;;; RUN: waxwing inspect --sizes --json %s
(module
  (func $small)
  (func (export "large") (drop (i64.const 1000000000000)) (drop (i64.const 1000000000000)))
  (func (drop (i32.const 1)))
  (memory 1)
  (data (i32.const 0) "some bytes of data"))
;;; STDOUT:
sizes.wat: 110 bytes when translated from text

sections (7)
            29   26.4%  code
            24   21.8%  data
            15   13.6%  name
             9    8.2%  export
             4    3.6%  function
             4    3.6%  type
             3    2.7%  memory

functions (3)
            18   16.4%       1  large
             5    4.5%       2
             2    1.8%       0  small
{
  "file": "sizes.wat",
  "size": 110,
  "text": true,
  "name": "",
  "features": [
    "mvp"
  ],
  "sections": [
    {
      "id": 1,
      "name": "type",
      "offset": 10,
      "size": 4,
      "entries": 1
    },
    {
      "id": 3,
      "name": "function",
      "offset": 16,
      "size": 4,
      "entries": 3
    },
    {
      "id": 5,
      "name": "memory",
      "offset": 22,
      "size": 3,
      "entries": 1
    },
    {
      "id": 7,
      "name": "export",
      "offset": 27,
      "size": 9,
      "entries": 1
    },
    {
      "id": 10,
      "name": "code",
      "offset": 38,
      "size": 29,
      "entries": 3
    },
    {
      "id": 11,
      "name": "data",
      "offset": 69,
      "size": 24,
      "entries": 1
    },
    {
      "id": 0,
      "name": "name",
      "offset": 95,
      "size": 15
    }
  ],
  "types": [
    "(func)"
  ],
  "imports": [],
  "exports": [
    {
      "name": "large",
      "kind": "func",
      "index": 1,
      "type": ""
    }
  ],
  "functions": {
    "imported": 0,
    "own": 3
  },
  "function_sizes": [
    {
      "index": 1,
      "name": "large",
      "offset": 43,
      "size": 18
    },
    {
      "index": 2,
      "name": "",
      "offset": 62,
      "size": 5
    },
    {
      "index": 0,
      "name": "small",
      "offset": 40,
      "size": 2
    }
  ],
  "tables": [],
  "memories": [
    {
      "min": 1,
      "address": "i32",
      "page_size": 65536
    }
  ],
  "globals": [],
  "tags": 0,
  "start": null
}
