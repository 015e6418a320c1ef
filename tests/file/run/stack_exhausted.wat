;;; RUN: waxwing run %s
;;; EXIT: 134
(module
  (func $down (export "_start") (call $down)))
;;; STDERR:
waxwing: trap: call stack exhausted
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +}}... {{\d+}} frames left out
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
{{ +\d+}}: 0x0023 down  stack_exhausted.wat:4:34
  the recursion is too deep, or endless; --stack-size gives it more
