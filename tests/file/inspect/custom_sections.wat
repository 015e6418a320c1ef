;;; RUN: waxwing inspect %s
(module (@custom "producers" (before first) "x") (@custom "note" "hello") (func $main))
;;; STDOUT:
custom_sections.wat: 65 bytes when translated from text
  features   mvp
  functions  1 and 0 imported

sections (6)
   0  producers                 0x0000000a          11 bytes
   1  type                      0x00000017           4 bytes        1 entries
   3  function                  0x0000001d           2 bytes        1 entries
  10  code                      0x00000021           4 bytes        1 entries
   0  note                      0x00000027          10 bytes
   0  name                      0x00000033          14 bytes

types (1)
      0  (func)
