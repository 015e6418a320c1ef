;;; RUN: waxwing wast --help
(module)
;;; STDOUT:
Runs scripts of the official test suite (.wast); folders are searched for them.

usage: waxwing wast [options] FILE|DIR...

options:
  -h --help                 Show this
  --features LIST           Which features modules may use: a set to start from (wasm1, wasm2,
                            wasm3, default, all, threads-proposal), then +NAME and -NAME, e.g.
                            wasm2,+tail-call
  --strict-messages         Compare the texts of malformed, invalid and unlinkable as well
  -v --verbose              Print the counts of every script
  --json                    Print JSON, one entry a script
  --stats                   Print what the scripts consist of, and which took the longest
  --engine NAME             What runs the modules: interp (the only one in this build)

Every assertion passes, fails or is skipped; a failing one is printed with its place, what
was expected and what was found, a skipped one with the reason. A module or an action outside
of an assertion that fails counts as an error of the script. The last line sums up; the exit
code is 1 if any assertion failed or any script had an error.

examples:
  waxwing wast testsuite/*.wast
  waxwing wast --features=threads-proposal testsuite/proposals/threads
