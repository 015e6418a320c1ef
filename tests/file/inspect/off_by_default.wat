;;; RUN: waxwing inspect %s
(module (tag $e) (func (try (do) (catch $e))))
;;; STDOUT:
off_by_default.wat: 47 bytes when translated from text
  features   mvp legacy-exceptions
             off by default: --features=+legacy-exceptions
  functions  1 and 0 imported

sections (5)
   1  type                      0x0000000a           4 bytes        1 entries
   3  function                  0x00000010           2 bytes        1 entries
  13  tag                       0x00000014           3 bytes        1 entries
  10  code                      0x00000019           9 bytes        1 entries
   0  name                      0x00000024          11 bytes

types (1)
      0  (func)

tags (1)
      0
