;;; RUN: waxwing run --stack-size 64K --invoke down %s 100
;;; RUN: waxwing run --stack-size 64K --invoke down %s 1000000
;;; RUN: waxwing run --stack-size 256M --invoke down %s 1000000
;;; EXIT: 0 134 0
(module
  (func $down (export "down") (param i32) (result i32)
    (if (result i32) (local.get 0)
      (then (i32.add (i32.const 1) (call $down (i32.sub (local.get 0) (i32.const 1)))))
      (else (i32.const 0)))))
;;; STDOUT:
100
1000000
;;; STDERR:
waxwing: trap: call stack exhausted
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +}}... {{\d+}} frames left out
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
{{ +\d+}}: 0x002e down  stack_size.wat:8:37
  the recursion is too deep, or endless; --stack-size gives it more
