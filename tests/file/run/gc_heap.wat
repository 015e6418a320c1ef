;;; RUN: waxwing run --gc-heap 256K --invoke grow %s 100
;;; RUN: waxwing run --gc-heap 256K --invoke grow %s 100000
;;; RUN: waxwing run --gc-heap 256K --invoke array %s 0xffffffff
;;; RUN: waxwing run --invoke element %s 3
;;; RUN: waxwing run --invoke same %s 12
;;; EXIT: 0 134 134 134 0
(module
  (type $list (struct (field (ref null $list)) (field i32)))
  (type $array (array (mut i64)))
  (global $all (mut (ref null $list)) (ref.null $list))
  (func $grow (export "grow") (param $n i32)
    (loop $again
      (global.set $all (struct.new $list (global.get $all) (local.get $n)))
      (br_if $again (local.tee $n (i32.sub (local.get $n) (i32.const 1))))))
  (func $array (export "array") (param $n i32)
    (drop (array.new_default $array (local.get $n))))
  (func $element (export "element") (param $i i32) (result i64)
    (array.get $array (array.new_default $array (i32.const 3)) (local.get $i)))
  (func (export "same") (param externref) (result externref anyref i31ref (ref $array))
    (local.get 0)
    (any.convert_extern (local.get 0))
    (ref.i31 (i32.const -4))
    (array.new_default $array (i32.const 0))))
;;; STDOUT:
ref.extern 12
ref.host 12
ref.i31 -4
ref.1
;;; STDERR:
waxwing: trap: allocation size too large
  0: 0x0065 grow  gc_heap.wat:13:25
waxwing: trap: allocation size too large
  0: 0x0079 array  gc_heap.wat:16:12
waxwing: trap: out of bounds array access (element 3, the array has 3)
  0: 0x0087 element  gc_heap.wat:18:6
