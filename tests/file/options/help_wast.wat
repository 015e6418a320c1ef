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
  --engine NAME             What runs modules: interp, the interpreter (default); aot: they are
                            compiled when they are loaded, as the options below say; native:
                            shared libraries are made of them then, as by 'waxwing native'
  -O --opt-level LEVEL      0: compile fast, 1: lightly optimised, 2: fast code (default), 3:
                            faster code, s: small code
  --cpu NAME                The processor: a name of LLVM's, generic, native, or help (default:
                            native, and generic with --target)
  --cpu-features LIST       Features of the processor to use or not to, e.g. +avx2,-bmi; 'help'
                            lists them
  --bounds-checks HOW       auto: by guard pages where the target has them; explicit: by
                            comparing
  --traps HOW               auto: by instructions that fault where a handler can tell; call: by
                            calls
  --interrupt HOW           auto: by signals where there are any; poll: look at a word in every
                            loop
  --signals WHEN            off: no handler of signals is installed or needed: guests look by
                            themselves whether to stop, and compiled code checks every access
                            and the stack (default: on)
  --trace HOW               Stack traces by tables beside the code (table), by frames that
                            functions push (frames), none, or what is small on the target (auto,
                            the default): tables, but frames that tell func-idx,ip on thumb and
                            riscv32
  --dump-call-stack-features --call-stack-features LIST
                            Push frames that tell func-idx, ip, trap-ip, sp, locals, params,
                            values (the last three), bounds-checks, all, or none
  --enable-dump-call-stack  Push frames that tell func-idx,ip,trap-ip,bounds-checks, as
                            --trace=frames does
  -j --jobs N               Threads to compile with; the output does not depend on it (default:
                            one a core)
  --compiler PROGRAM        Have another waxwing compile for --engine=aot, where this one can't,
                            as under an emulator; it is told -O, --signals and --bounds-checks

Every assertion passes, fails or is skipped; a failing one is printed with its place, what
was expected and what was found, a skipped one with the reason. A module or an action outside
of an assertion that fails counts as an error of the script. The last line sums up; the exit
code is 1 if any assertion failed or any script had an error.

examples:
  waxwing wast testsuite/*.wast
  waxwing wast --features=threads-proposal testsuite/proposals/threads
