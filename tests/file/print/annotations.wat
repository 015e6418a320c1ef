;;; RUN: waxwing print -o once.wat %s
;;; RUN: waxwing print once.wat
(module $m (@name "the module's name")
  (@custom "first" (before first) "\00\01")
  (@custom "between" (after import) "a" "b")
  (@custom "producers" (after code) "")
  (@custom "last" (after last) "text")
  (type $t (@name "a type") (func))
  (import "env" "f" (func $f (@name "an import") (type $t)))
  (func $g (@name "a function") (param $x (@name "a parameter") i32) (local $y (@name "a local") i64)
    (block $l (@name "a label")
      (@metadata.code.branch_hint "\01")
      (if (local.get $x) (then (br $l)))
      local.get $x
      (@metadata.code.branch_hint "\00")
      br_if $l))
  (memory $mem (@name "a memory") 1)
  (tag $tag (@name "a tag")))
;;; STDOUT:
(module $"the module's name"
  (type $"a type" (func))
  (type (;1;) (func (param i32)))
  (import "env" "f" (func $"an import" (type $"a type")))
  (memory $"a memory" 1)
  (tag $"a tag" (type $"a type"))
  (func $"a function" (type 1) (param $"a parameter" i32)
    (local $"a local" i64)
    block $"a label"
      local.get $"a parameter"
      (@metadata.code.branch_hint "\01")
      if
        br $"a label"
      end
      local.get $"a parameter"
      (@metadata.code.branch_hint "\00")
      br_if $"a label"
    end)
  (@custom "first" (before first) "\00\01")
  (@custom "between" (after import) "ab")
  (@custom "producers" (after code))
  (@custom "last" (after code) "text"))
