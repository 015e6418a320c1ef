;;; RUN: waxwing compile --help
(module)
;;; STDOUT:
Compiles a module ahead of time to an image (.wax), which 'waxwing run' maps and runs.
Without --target, for this machine and its processor.

usage: waxwing compile [options] FILE [-o OUTPUT]

options:
  -h --help                 Show this
  -o --output FILE          Write there; - is standard output (default: FILE's name with .wax,
                            here)
  --target NAME             What to compile for; 'help' lists what there is
  --emit WHAT               image (default), object (ELF), ir (LLVM's), or asm
  --format WHAT             The same in wamrc's words: aot, object, llvmir-unopt, llvmir-opt
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
  --metering                Count fuel, for 'run --fuel'
  --deterministic           One result on every machine: canonical NaNs, fixed relaxed operators
  --embed-wasm              Keep the whole module inside the image
  --checksum                Put a checksum into the image, compared when it is loaded
  -g --debug                Keep names and source lines of the code for gdb, lldb, objdump and
                            others (DWARF)
  --split-trace FILE        Write what traces come from to FILE and leave it out of the image;
                            where FILE lies beside the image, 'run' finds it
  --features LIST           Which features modules may use: a set to start from (wasm1, wasm2,
                            wasm3, default, all, threads-proposal), then +NAME and -NAME, e.g.
                            wasm2,+tail-call
  --size-level N            Accepted for wamrc's sake; -O s makes code small
  --emit-custom-sections LIST
                            Accepted for wamrc's sake: an image has all custom sections

An image holds machine code: run only those whose maker you trust.

examples:
  waxwing compile app.wasm -o app.wax && waxwing app.wax
  waxwing compile --cpu=generic app.wasm              for any machine of this kind
  waxwing compile --target=aarch64 app.wasm -o app-arm.wax
  waxwing compile --emit=asm app.wat -o -
