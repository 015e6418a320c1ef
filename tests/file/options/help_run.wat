;;; RUN: waxwing run --help
(module)
;;; STDOUT:
Runs a WASI program (a command or a reactor), or calls one function of a module.
Nothing is reachable for the guest that isn't given to it here.

usage: waxwing run [options] FILE [arguments...]

options:
  -h --help                 Show this
  -f --invoke --function NAME
                            Call the exported function NAME with the arguments behind FILE and
                            print its results
  --dir HOST[::GUEST]       Give the guest a folder, under the name GUEST (default: HOST); with
                            :ro behind it to read only. Repeatable
  --map-dir GUEST::HOST     The same with the guest's name first
  --env K=V                 Set an environment variable; K alone passes yours on. Repeatable
  --inherit-env             Pass on all of your environment; --env adds to it
  --tcplisten HOST:PORT     Give the guest a listening socket, behind its folders. Repeatable
  --argv0 NAME              What the program is told that it is called
  --link NAME=FILE          Provide the exports of another module under the import name NAME.
                            Repeatable
  --module-path DIR         Look in DIR for modules (NAME.wasm, NAME.wat) that are imported from
                            and not linked. Repeatable
  --timeout TIME            Stop the guest after TIME: 500ms, 2s, 1m; a bare number is in
                            milliseconds
  --stack-size SIZE         Bytes for the guest's calls and locals, e.g. 512K (default 8M)
  --max-memory SIZE         The most that a memory of the guest may grow to, e.g. 256M
  --gc-heap SIZE            The most that the guest's garbage-collected objects may take
                            (default 4G)
  --max-table N             The most elements that a table of the guest may grow to (default
                            10000000)
  --max-threads N           Threads that the guest may have at a time besides its first (default
                            1024)
  --fuel N                  Stop the guest after N units of work, one an executed instruction
  --gc-stats                Print what the garbage collector has done when the guest ends
  --debug-info FILE         Read source lines from FILE, which has the debug information of the
                            module
  --trace-max N             Show at most N frames of a trace, the first and the last (default
                            16)
  --trace-values            Show the values that frames have (of code compiled with
                            --dump-call-stack-features=values)
  --coredump FILE           After a trap write the stack, memories and globals to FILE, which
                            'inspect' shows
  --features LIST           Which features modules may use: a set to start from (wasm1, wasm2,
                            wasm3, default, all, threads-proposal), then +NAME and -NAME, e.g.
                            wasm2,+tail-call
  --validate WHEN           eager: check everything at load; lazy: each function at its first
                            call (default: lazy where there is more than 1 MB of code)
  --deterministic           Canonical NaNs, fixed relaxed SIMD, and a fixed clock and random
                            numbers for WASI
  --engine NAME             What runs modules: interp, the interpreter (default); aot: they are
                            compiled when they are loaded, as the options below say
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
  --cache                   Keep what --engine=aot compiles, and use it the next time; in the
                            folder of --cache=DIR (default: waxwing in the user's folder of
                            caches)
  -g --debug                Tell gdb and lldb the names and source lines of compiled code, with
                            --engine=aot and of images that 'compile -g' has made
  --perf                    Name the functions of compiled code for 'perf report', in
                            /tmp/perf-PID.map
  --json                    Print how it ended as a line of JSON, behind what the guest has
                            printed

Options stand before FILE; everything behind it belongs to the program.
The exit code is the program's own; 134 after a trap, 1 when the module cannot be
loaded or linked, 2 for a wrong command line.

examples:
  waxwing run --dir . --env LANG=C app.wasm input.txt
  waxwing run --dir /srv/data::/data:ro --timeout 2s --max-memory 256M app.wasm
  waxwing run --invoke fac fac.wat 20
  waxwing run --invoke add add.wasm 1.5 -2
