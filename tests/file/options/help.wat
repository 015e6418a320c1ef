;;; RUN: waxwing --help
(module)
;;; STDOUT:
Waxwing runs WebAssembly.

usage: waxwing [run] [options] FILE [arguments...]
       waxwing VERB [options] ...

  run        run a WASI program, or call one function of a module (the verb when none is given)
  compile    compile a module to an image of machine code, which 'run' runs
  native     make a native program or library of a module, which runs without waxwing
  targets    list what modules can be compiled for
  validate   check modules: silence, or what is wrong and where
  inspect    show what a module holds: sections, types, imports, exports, features, size
  print      print a module in the text format
  wast       run scripts of the official test suite
  symbolize  name the functions and source lines of a trace, or of offsets in a module
  completion print a script that completes waxwing's command lines in a shell
  manual     print the manual page
  version    print the version, and what this build can do

FILE is a module in the binary or the text format; its content tells, not its name.

  waxwing VERB --help   options of a verb, with examples
  waxwing --version     the version, and what this build can do

examples:
  waxwing app.wasm --name value             run app.wasm, which gets `--name value`
  waxwing --dir . app.wasm input.txt        and may use the current folder
  waxwing --invoke fac fac.wat 20           call an exported function
