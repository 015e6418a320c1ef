// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// The option table: what each verb says of itself, and its options. Help, completions and manual
// come from here.
#include "waxwing/options.hpp"

#include <algorithm>
#include <filesystem>
#include <fmt/ranges.h>
#include <string_view>

#include "wasi/folder_words.hpp"
#include "waxwing/message.hpp"
#include "waxwing/nearest.hpp"
#include "waxwing/units.hpp"

namespace waxwing::tool {

namespace {

constexpr VerbText kRun = {
    .name = "run",
    .arguments = "[options] FILE [arguments...]",
    .summary = "run a WASI program, or call one function of a module (the verb when none is given)",
    .description =
        "Runs a WASI program (a command or a reactor), or calls one function of a module.\n"
        "Nothing is reachable for the guest that isn't given to it here.",
    .footer = R"(Options stand before FILE; everything behind it belongs to the program.
The exit code is the program's own; 134 after a trap, 1 when the module cannot be
loaded or linked, 2 for a wrong command line.

examples:
  waxwing run --dir . --env LANG=C app.wasm input.txt
  waxwing run --dir /srv/data::/data:ro --timeout 2s --max-memory 256M app.wasm
  waxwing run --invoke fac fac.wat 20
  waxwing run --invoke add add.wasm 1.5 -2
)"};

constexpr VerbText kCompile = {
    .name = "compile",
    .arguments = "[options] FILE [-o OUTPUT]",
    .summary = "compile a module to an image of machine code, which 'run' runs",
    .description =
        "Compiles a module ahead of time to an image (.wax), which 'waxwing run' maps and runs.\n"
        "Without --target, for this machine and its processor.",
    .footer = R"(An image holds machine code: run only those whose maker you trust.

examples:
  waxwing compile app.wasm -o app.wax && waxwing app.wax
  waxwing compile --cpu=generic app.wasm              for any machine of this kind
  waxwing compile --target=aarch64 app.wasm -o app-arm.wax
  waxwing compile --emit=asm app.wat -o -
)"};

constexpr VerbText kNative = {
    .name = "native",
    .arguments = "[options] FILE [OBJECT...] [-o OUTPUT]",
    .summary = "make a native program or library of a module, which runs without waxwing",
    .description =
        "Compiles a module and links it with the runtime: to an executable that takes the "
        "program's\n"
        "arguments, or to a library with a C function for each exported function and a header.",
    .footer = R"(What an executable may touch is fixed by --dir, --env and the limits here, or with
--runtime-options left to the options of whoever runs it. Its exit codes and traces are those of 'run'.

examples:
  waxwing native app.wasm -o app && ./app --name value
  waxwing native --dir /srv/data::/data:ro --max-memory 256M app.wasm
  waxwing native --runtime-options fac.wat -o fac && ./fac --invoke fac 20
  waxwing native --emit=static --prefix=fac fac.wat     libfac.a and fac.h
  waxwing native --target=aarch64-linux-gnu app.wasm -o app-arm
  waxwing native --no-sandbox app64.wasm host.o -lz -o app
)"};

constexpr VerbText kTargets = {
    .name = "targets",
    .arguments = "[options]",
    .summary = "list what modules can be compiled for",
    .description =
        "Lists the targets of 'waxwing compile --target', with LLVM's names for them and "
        "for the least\nprocessor that their images run on.",
    .footer = R"(examples:
  waxwing targets
  waxwing compile --target=aarch64 --cpu=help     processors of one
)"};

constexpr VerbText kValidate = {
    .name = "validate",
    .arguments = "[options] FILE...",
    .summary = "check modules: silence, or what is wrong and where",
    .description =
        "Checks modules, every function body included. Prints nothing where all is well.",
    .footer = R"(examples:
  waxwing validate app.wasm lib.wat
  waxwing validate --features=wasm2 app.wasm
)"};

constexpr VerbText kInspect = {
    .name = "inspect",
    .arguments = "[options] FILE",
    .summary = "show what a module holds: sections, types, imports, exports, features, size",
    .description =
        "Shows what a module holds: sections, types, imports, exports, memories, tables,\n"
        "custom sections, and the features that it needs.",
    .footer = R"(examples:
  waxwing inspect app.wasm
  waxwing inspect --sizes app.wasm
  waxwing inspect --json app.wasm | jq .imports
)"};

constexpr VerbText kPrint = {.name = "print",
                             .arguments = "[options] FILE",
                             .summary = "print a module in the text format",
                             .description = "Prints a module in the text format.",
                             .footer = R"(examples:
  waxwing print app.wasm
  waxwing print app.wasm -o app.wat
)"};

constexpr VerbText kWast = {
    .name = "wast",
    .arguments = "[options] FILE|DIR...",
    .summary = "run scripts of the official test suite",
    .description =
        "Runs scripts of the official test suite (.wast); folders are searched for them.",
    .footer =
        R"(Every assertion passes, fails or is skipped; a failing one is printed with its place, what
was expected and what was found, a skipped one with the reason. A module or an action outside
of an assertion that fails counts as an error of the script. The last line sums up; the exit
code is 1 if any assertion failed or any script had an error.

examples:
  waxwing wast testsuite/*.wast
  waxwing wast --features=threads-proposal testsuite/proposals/threads
)"};

constexpr VerbText kSymbolize = {
    .name = "symbolize",
    .arguments = "[options] FILE [OFFSET...]",
    .summary = "name the functions and source lines of a trace, or of offsets in a module",
    .description =
        "Names the functions and source lines where instructions of a module stand, by their\n"
        "offsets in it. Without offsets it reads standard input and puts the lines of a trace in\n"
        "full; other lines stay as they are.",
    .footer =
        R"(An offset counts from the beginning of the file, as in the traces of 'run' (0x01a2). A module
without debug information (-g) has no lines; names come from its name section.

examples:
  waxwing symbolize app.wasm 0x1a2 0x311
  waxwing symbolize app.wasm < device.log
  waxwing symbolize --debug-info app.debug.wasm app.wasm < device.log
)"};

constexpr VerbText kCompletion = {
    .name = "completion",
    .arguments = "bash|zsh|fish",
    .summary = "print a script that completes waxwing's command lines in a shell",
    .description =
        "Prints a script with which a shell completes waxwing's verbs, options and files.",
    .footer = R"(examples:
  . <(waxwing completion bash)                  in ~/.bashrc
  . <(waxwing completion zsh)                   in ~/.zshrc, after compinit
  waxwing completion fish | source              in ~/.config/fish/config.fish
)",
    .choices = "bash zsh fish"};

constexpr VerbText kManual = {.name = "manual",
                              .arguments = "",
                              .summary = "print the manual page",
                              .description = "Prints the manual page, waxwing(1).",
                              .footer = R"(example:
  waxwing manual | man -l -
)"};

constexpr VerbText kVersion = {
    .name = "version",
    .arguments = "[options]",
    .summary = "print the version, and what this build can do",
    .description = "Prints the version, the features of modules, and how this build runs them.",
    .footer = R"(example:
  waxwing version --json | jq .features
)"};

constexpr const VerbText* kVerbs[] = {&kRun,       &kCompile,    &kNative, &kTargets,
                                      &kValidate,  &kInspect,    &kPrint,  &kWast,
                                      &kSymbolize, &kCompletion, &kManual, &kVersion};

constexpr const char* kDebugInfoHelp =
    "Read source lines from FILE, which has the debug information of the module";

constexpr const char* kFeaturesHelp =
    "Which features modules may use: a set to start from (wasm1, wasm2, wasm3, default, all, "
    "threads-proposal), then +NAME and -NAME, e.g. wasm2,+tail-call";

std::string general_help() {
  std::string out = R"(Waxwing runs WebAssembly.

usage: waxwing [run] [options] FILE [arguments...]
       waxwing VERB [options] ...

)";
  for (const VerbText* verb : kVerbs) out += fmt::format("  {:<11}{}\n", verb->name, verb->summary);
  return out + R"(
FILE is a module in the binary or the text format; its content tells, not its name.

  waxwing VERB --help   options of a verb, with examples
  waxwing --version     the version, and what this build can do

examples:
  waxwing app.wasm --name value             run app.wasm, which gets `--name value`
  waxwing --dir . app.wasm input.txt        and may use the current folder
  waxwing --invoke fac fac.wat 20           call an exported function
)";
}

std::expected<Validation, std::string> parse_validation(std::string_view word) {
  if (word == "eager") return Validation::eager;
  if (word == "lazy") return Validation::lazy;
  return std::unexpected(fmt::format("'{}' is neither 'eager' nor 'lazy'", word));
}

std::expected<uint32_t, std::string> parse_threads(std::string_view word) {
  const auto count = parse_count(word);
  if (!count) return std::unexpected(count.error());
  constexpr uint64_t kMost = 1'000'000;
  if (*count > kMost)
    return std::unexpected(fmt::format("'{}' is more than the {} that there can be", word, kMost));
  return static_cast<uint32_t>(*count);
}

/// `HOST[::GUEST]` or, with `guest_first`, `GUEST::HOST`; `:ro` or `:rw` may follow.
std::expected<FolderOption, std::string> parse_folder(std::string_view word, bool guest_first) {
  const auto folder = wasi::folder_words(word, guest_first);
  if (!folder)
    return std::unexpected(fmt::format("'{}': {}", word, wasi::folder_form(guest_first)));
  return FolderOption{.text = std::string(word),
                      .host = std::string(folder->host),
                      .guest = std::string(folder->guest),
                      .read_only = folder->read_only};
}

/// `HOST:PORT`, where HOST may be an IPv6 address in brackets.
std::expected<ListenOption, std::string> parse_listen(std::string_view word) {
  ListenOption listen;
  listen.text = word;
  const size_t colon = word.rfind(':');
  std::string_view host = word.substr(0, colon);
  const auto port =
      colon == std::string_view::npos ? std::nullopt : parse_port(word.substr(colon + 1));
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (!port || host.empty())
    return std::unexpected(
        fmt::format("'{}' is not HOST:PORT, e.g. 127.0.0.1:8080 or [::1]:8080", word));
  listen.host = host;
  listen.port = *port;
  return listen;
}

/// One of several words, and what it stands for.
template <class T>
void choice(Verb& verb, const char* name, const char* type, T& target,
            const std::vector<std::pair<std::string_view, T>>& words, const char* help) {
  std::vector<std::string_view> names;
  for (const auto& [word, value] : words) names.push_back(word);
  const auto parse = [known = words,
                      names](std::string_view word) -> std::expected<T, std::string> {
    for (const auto& [one, value] : known)
      if (one == word) return value;
    return std::unexpected(fmt::format("'{}' is none of {}{}", word, fmt::join(names, ", "),
                                       did_you_mean(word, names)));
  };
  verb.value(name, type, target, parse, help);
}

/// A list of what frames tell, as bits of `frame_field`.
std::expected<uint32_t, std::string> parse_frame_fields(std::string_view list) {
  struct Field {
    std::string_view word;
    uint32_t bits;
  };
  constexpr Field kFields[] = {
      {"func-idx", frame_field::func_idx}, {"ip", frame_field::ip},
      {"trap-ip", frame_field::trap_ip},   {"sp", frame_field::sp},
      {"locals", frame_field::locals},     {"params", frame_field::params},
      {"values", frame_field::values},     {"bounds-checks", frame_field::bounds_checks},
      {"all", frame_field::all},           {"none", 0},
  };
  std::vector<std::string_view> words;
  for (const Field& field : kFields) words.push_back(field.word);
  uint32_t bits = 0;
  while (!list.empty()) {
    const size_t comma = std::min(list.find(','), list.size());
    const std::string_view word = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    if (word.empty()) continue;
    const auto* const found = std::ranges::find(kFields, word, &Field::word);
    if (found == std::end(kFields))
      return std::unexpected(fmt::format("'{}' is none of {}{}", word, fmt::join(words, ", "),
                                         did_you_mean(word, words)));
    bits |= found->bits;
  }
  return bits;
}

/// What machine code is made like.
void declare(Verb& verb, CodeOptions& options) {
  choice<char>(verb, "-O,--opt-level", "LEVEL", options.level,
               {{"0", '0'}, {"1", '1'}, {"2", '2'}, {"3", '3'}, {"s", 's'}},
               "0: compile fast, 1: lightly optimised, 2: fast code (default), 3: faster code, s: "
               "small code");
  verb.text("--cpu", "NAME", options.cpu,
            "The processor: a name of LLVM's, generic, native, or help (default: native, and "
            "generic with --target)");
  verb.text("--cpu-features", "LIST", options.cpu_features,
            "Features of the processor to use or not to, e.g. +avx2,-bmi; 'help' lists them");
  choice<bool>(verb, "--bounds-checks", "HOW", options.explicit_checks,
               {{"auto", false}, {"explicit", true}, {"0", false}, {"1", true}},
               "auto: by guard pages where the target has them; explicit: by comparing");
  choice<bool>(verb, "--traps", "HOW", options.call_traps, {{"auto", false}, {"call", true}},
               "auto: by instructions that fault where a handler can tell; call: by calls");
  choice<bool>(verb, "--interrupt", "HOW", options.polls, {{"auto", false}, {"poll", true}},
               "auto: by signals where there are any; poll: look at a word in every loop");
  choice<bool>(
      verb, "--signals", "WHEN", options.signals, {{"on", true}, {"off", false}},
      "off: no handler of signals is installed or needed: guests look by themselves whether "
      "to stop, and compiled code checks every access and the stack (default: on)");
  choice<std::optional<TraceMode>>(
      verb, "--trace", "HOW", options.trace,
      {{"auto", TraceMode::automatic},
       {"table", TraceMode::table},
       {"frames", TraceMode::frames},
       {"none", TraceMode::none}},
      "Stack traces by tables beside the code (table), by frames that functions push (frames), "
      "none, or what is small on the target (auto, the default): tables, but frames that tell "
      "func-idx,ip on thumb and riscv32");
  verb.value("--dump-call-stack-features,--call-stack-features", "LIST", options.frame_fields,
             parse_frame_fields,
             "Push frames that tell func-idx, ip, trap-ip, sp, locals, params, values (the last "
             "three), bounds-checks, all, or none");
  verb.flag("--enable-dump-call-stack", options.wants_frames,
            "Push frames that tell func-idx,ip,trap-ip,bounds-checks, as --trace=frames does");
  verb.value("-j,--jobs", "N", options.jobs, parse_count,
             "Threads to compile with; the output does not depend on it (default: one a core)");
}

/// What runs modules, for the verbs that do.
void declare(Verb& verb, EngineKind& engine, CodeOptions& code, bool native = false) {
  std::vector<std::pair<std::string_view, EngineKind>> engines = {{"interp", EngineKind::interp},
                                                                  {"aot", EngineKind::aot}};
  const char* help = "What runs modules: interp, the interpreter (default); aot: they are compiled "
                     "when they are loaded, as the options below say";
  if (native) {
    engines.emplace_back("native", EngineKind::native);
    help = "What runs modules: interp, the interpreter (default); aot: they are compiled when they "
           "are loaded, as the options below say; native: shared libraries are made of them then, "
           "as by 'waxwing native'";
  }
  choice<EngineKind>(verb, "--engine", "NAME", engine, engines, help);
  declare(verb, code);
}

/// What a guest is given.
template <class Options>
void declare_world(Verb& verb, Options& options) {
  verb.values(
      "--dir", "HOST[::GUEST]", options.folders,
      [](std::string_view word) { return parse_folder(word, false); },
      "Give the guest a folder, under the name GUEST (default: HOST); with :ro behind it to read "
      "only. Repeatable");
  verb.values(
      "--map-dir", "GUEST::HOST", options.folders,
      [](std::string_view word) { return parse_folder(word, true); },
      "The same with the guest's name first");
  verb.list("--env", "K=V", options.environment,
            "Set an environment variable; K alone passes yours on. Repeatable");
  verb.flag("--inherit-env", options.inherit_environment,
            "Pass on all of your environment; --env adds to it");
}

/// What a guest is limited by.
template <class Options>
void declare_limits(Verb& verb, Options& options) {
  verb.value("--timeout", "TIME", options.timeout_ms, parse_duration,
             "Stop the guest after TIME: 500ms, 2s, 1m; a bare number is in milliseconds");
  verb.value("--stack-size", "SIZE", options.stack_bytes, parse_size,
             "Bytes for the guest's calls and locals, e.g. 512K (default 8M)");
  verb.value("--max-memory", "SIZE", options.memory_bytes, parse_size,
             "The most that a memory of the guest may grow to, e.g. 256M");
  verb.value("--gc-heap", "SIZE", options.gc_heap_bytes, parse_size,
             "The most that the guest's garbage-collected objects may take (default 4G)");
  verb.value("--max-table", "N", options.table_elements, parse_count,
             "The most elements that a table of the guest may grow to (default 10000000)");
  verb.value("--max-threads", "N", options.max_threads, parse_threads,
             "Threads that the guest may have at a time besides its first (default 1024)");
}

void declare(Verb& verb, RunOptions& options) {
  verb.text("--invoke,-f,--function", "NAME", options.invoke,
            "Call the exported function NAME with the arguments behind FILE and print its results");
  declare_world(verb, options);
  verb.values("--tcplisten", "HOST:PORT", options.listen, parse_listen,
              "Give the guest a listening socket, behind its folders. Repeatable");
  verb.text("--argv0", "NAME", options.argv0, "What the program is told that it is called");
  verb.list("--link", "NAME=FILE", options.links,
            "Provide the exports of another module under the import name NAME. Repeatable");
  verb.list("--module-path", "DIR", options.module_paths,
            "Look in DIR for modules (NAME.wasm, NAME.wat) that are imported from and not linked. "
            "Repeatable");
  declare_limits(verb, options);
  verb.value("--fuel", "N", options.fuel, parse_count,
             "Stop the guest after N units of work, one an executed instruction");
  verb.flag("--gc-stats", options.gc_stats,
            "Print what the garbage collector has done when the guest ends");
  verb.hidden_flag("--gc-stress", options.gc_stress);
  verb.text("--debug-info", "FILE", options.debug_info, kDebugInfoHelp);
  verb.value("--trace-max", "N", options.trace_max, parse_threads,
             "Show at most N frames of a trace, the first and the last (default 16)");
  verb.flag("--trace-values", options.trace_values,
            "Show the values that frames have (of code compiled with "
            "--dump-call-stack-features=values)");
  verb.text("--coredump", "FILE", options.core_dump,
            "After a trap write the stack, memories and globals to FILE, which 'inspect' shows");
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
  verb.value("--validate", "WHEN", options.validation, parse_validation,
             "eager: check everything at load; lazy: each function at its first call (default: "
             "lazy where there is more than 1 MB of code)",
             {"eager", "lazy"});
  verb.flag("--deterministic", options.deterministic,
            "Canonical NaNs, fixed relaxed SIMD, and a fixed clock and random numbers for WASI");
  declare(verb, options.engine, options.code);
  verb.optional_text("--cache", options.cache,
                     "Keep what --engine=aot compiles, and use it the next time; in the folder of "
                     "--cache=DIR (default: waxwing in the user's folder of caches)");
  verb.flag(
      "-g,--debug", options.debug,
      "Tell gdb and lldb the names and source lines of compiled code, with --engine=aot and of "
      "images that 'compile -g' has made");
  verb.flag("--perf", options.perf,
            "Name the functions of compiled code for 'perf report', in /tmp/perf-PID.map");
  verb.flag("--json", options.json,
            "Print how it ended as a line of JSON, behind what the guest has printed");
}

void declare(Verb& verb, CompileOptions& options) {
  verb.text("-o,--output", "FILE", options.output,
            "Write there; - is standard output (default: FILE's name with .wax, here)");
  verb.text("--target", "NAME", options.target, "What to compile for; 'help' lists what there is");
  choice<Emit>(verb, "--emit", "WHAT", options.emit,
               {{"image", Emit::image},
                {"object", Emit::object},
                {"ir", Emit::llvm_ir},
                {"asm", Emit::assembly}},
               "image (default), object (ELF), ir (LLVM's), or asm");
  const auto format = [&options](std::string_view word) -> std::expected<Emit, std::string> {
    if (word == "aot") return Emit::image;
    if (word == "object") return Emit::object;
    if (word == "llvmir-unopt") options.code.level = '0';
    if (word == "llvmir-unopt" || word == "llvmir-opt") return Emit::llvm_ir;
    return std::unexpected(
        fmt::format("'{}' is none of aot, object, llvmir-unopt, llvmir-opt", word));
  };
  verb.value("--format", "WHAT", options.emit, format,
             "The same in wamrc's words: aot, object, llvmir-unopt, llvmir-opt",
             {"aot", "object", "llvmir-unopt", "llvmir-opt"});
  declare(verb, options.code);
  verb.flag("--metering", options.metering, "Count fuel, for 'run --fuel'");
  verb.flag("--deterministic", options.deterministic,
            "One result on every machine: canonical NaNs, fixed relaxed operators");
  verb.flag("--embed-wasm", options.embed_wasm, "Keep the whole module inside the image");
  verb.flag("--checksum", options.checksum,
            "Put a checksum into the image, compared when it is loaded");
  verb.flag("-g,--debug", options.debug,
            "Keep names and source lines of the code for gdb, lldb, objdump and others (DWARF)");
  verb.text("--split-trace", "FILE", options.split_trace,
            "Write what traces come from to FILE and leave it out of the image; where FILE lies "
            "beside the image, 'run' finds it");
  verb.hidden_flag("--check-sites", options.check_sites);
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
  verb.ignored("--size-level", "N", "Accepted for wamrc's sake; -O s makes code small");
  verb.ignored("--emit-custom-sections", "LIST",
               "Accepted for wamrc's sake: an image has all custom sections");
}

void declare(Verb& verb, NativeOptions& options) {
  verb.text("-o,--output", "FILE", options.output,
            "Write there (default: FILE's name, with the ending of what is made, here)");
  choice<NativeEmit>(verb, "--emit", "WHAT", options.emit,
                     {{"exe", NativeEmit::exe},
                      {"object", NativeEmit::object},
                      {"static", NativeEmit::archive},
                      {"shared", NativeEmit::shared}},
                     "exe (default); or for programs in C and C++, with a header: object, without "
                     "the runtime, static, or shared, a library with it");
  choice<NativeLink>(verb, "--link", "HOW", options.link,
                     {{"static", NativeLink::fixed}, {"dynamic", NativeLink::dynamic}},
                     "static: the C library is a part of the executable (default); dynamic: it is "
                     "the one of the machine that runs it");
  verb.text("--target", "TRIPLET", options.target,
            "Make it for aarch64-linux-gnu, riscv64-linux-gnu or x86_64-linux-gnu (default: this "
            "machine)");
  verb.text("--runtime", "FILE", options.runtime,
            "The archive with the runtime, libwaxwing_native.a of a build for the target (default: "
            "that of this installation)");
  verb.text("--prefix", "NAME", options.prefix,
            "What names of C functions begin with (default: FILE's name)");
  verb.text("--header", "FILE", options.header,
            "Where the C header goes (default: PREFIX.h beside the output)");
  verb.list(
      "--instance", "MODULE", options.instances,
      "What a library imports from MODULE is exported by another instance ('*': all but WASI). "
      "Repeatable");
  verb.flag(
      "--share-runtime", options.share_runtime,
      "Leave the runtime out of a shared library: it is in libwaxwing_native.so, for several");
  verb.flag("--trace-lines", options.trace_lines,
            "Put lines of the source into it for its traces, from its text or debug information");
  verb.text("--debug-info", "FILE", options.debug_info,
            "Take those from FILE, which has the module's debug information");
  verb.flag("-s,--strip", options.strip, "Leave names of functions of the runtime out");
  verb.flag("--runtime-options", options.runtime_options,
            "Let the user of the executable give --dir, --env, limits and --invoke in front of the "
            "program's arguments");
  verb.flag(
      "--no-sandbox", options.no_sandbox,
      "Addresses and functions are the host's, which it shares with the module, and nothing is "
      "checked: for wasm64 modules that were linked with --emit-relocs, against the headers in "
      "share/waxwing/nosandbox. OBJECTs, -l and -L are linked in; --stack-size is what a "
      "thread has for alloca (default 1 MiB)");
  verb.list("-l,--library", "NAME", options.libraries,
            "With --no-sandbox: link with libNAME.a, or libNAME.so where that is possible");
  verb.list("-L,--library-path", "DIR", options.link_folders,
            "Look for libraries of -l here first");
  declare_world(verb, options);
  declare_limits(verb, options);
  declare(verb, options.code);
  verb.flag("--deterministic", options.deterministic,
            "One result on every machine: canonical NaNs, fixed relaxed operators");
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
}

void declare(Verb& verb, TargetsOptions& options) {
  verb.flag("--json", options.json, "Print JSON");
}

void declare(Verb& verb, ValidateOptions& options) {
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
  verb.flag("--json", options.json, "Print JSON, one entry a file");
}

void declare(Verb& verb, InspectOptions& options) {
  verb.flag("--sizes", options.sizes,
            "Show only where the bytes are: sections and functions, the largest first");
  verb.flag("--json", options.json, "Print JSON");
}

void declare(Verb& verb, PrintOptions& options) {
  verb.text("-o,--output", "FILE", options.output, "Write there instead of to standard output");
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
}

void declare(Verb& verb, WastOptions& options) {
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
  verb.flag("--strict-messages", options.strict_messages,
            "Compare the texts of malformed, invalid and unlinkable as well");
  verb.flag("--verbose,-v", options.verbose, "Print the counts of every script");
  verb.flag("--json", options.json, "Print JSON, one entry a script");
  verb.flag("--stats", options.stats,
            "Print what the scripts consist of, and which took the longest");
  declare(verb, options.engine, options.code, true);
  verb.text("--compiler", "PROGRAM", options.compiler,
            "Have another waxwing compile for --engine=aot, where this one can't, as under an "
            "emulator; it is told -O, --signals and --bounds-checks");
  verb.hidden_flag("--gc-stress", options.gc_stress);
}

void declare(Verb& verb, SymbolizeOptions& options) {
  verb.text("--debug-info", "FILE", options.debug_info, kDebugInfoHelp);
  verb.text(
      "--split-trace", "FILE", options.split_trace,
      "Turn places in an image (+0x1a2b) into offsets, by what 'compile --split-trace' wrote");
  verb.value("--features", "LIST", options.features, parse_features, kFeaturesHelp);
  verb.flag("--json", options.json, "Print JSON, one entry a frame");
}

void declare(Verb&, CompletionOptions&) {}
void declare(Verb&, ManualOptions&) {}
void declare(Verb& verb, VersionOptions& options) {
  verb.flag("--json", options.json, "Print JSON");
}

template <class Options>
VerbFacts facts(const VerbText& text) {
  Verb verb(text);
  Options options;
  declare(verb, options);
  return {&text, verb.options()};
}

bool file_exists(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::exists(path, ignored);
}

bool is_verb(std::string_view word) {
  return std::ranges::any_of(kVerbs, [&](const VerbText* verb) { return verb->name == word; });
}

std::expected<Command, int> read_run(std::vector<std::string> words, bool verb_given) {
  RunOptions options;
  std::vector<std::string> rest;
  if (!words.empty() && !words[0].starts_with('-')) {
    // Without options nothing of the machinery for reading them is set up.
    rest = std::move(words);
  } else {
    Verb verb(kRun);
    declare(verb, options);
    if (auto read = verb.read(std::move(words), rest); !read) return std::unexpected(read.error());
    if (!rest.empty() && rest[0] == "--")
      rest.erase(rest.begin());
    else if (!rest.empty() && rest[0].size() > 1 && rest[0][0] == '-')
      return verb.unknown_option(rest[0]);
    if (rest.empty()) return verb.usage_error("no file given: name the module to run");
  }
  options.file = rest[0];
  rest.erase(rest.begin());
  if (!rest.empty() && rest[0] == "--") rest.erase(rest.begin());
  options.arguments = std::move(rest);
  if (!verb_given && !file_exists(options.file)) {
    std::vector<std::string_view> names;
    for (const VerbText* text : kVerbs) names.push_back(text->name);
    const std::string_view near = nearest(options.file, names);
    if (!near.empty()) {
      error("there is no file and no verb '{}'; did you mean 'waxwing {}'?", options.file, near);
      return std::unexpected(kExitUsage);
    }
  }
  return options;
}

/// A verb with a list of files.
template <class Options>
std::expected<Command, int> read_files(const VerbText& text, std::vector<std::string> words,
                                       std::vector<std::string> Options::* files,
                                       const char* missing) {
  Options options;
  Verb verb(text);
  declare(verb, options);
  if (auto read = verb.read_anywhere(std::move(words), options.*files); !read)
    return std::unexpected(read.error());
  if ((options.*files).empty()) return verb.usage_error(missing);
  return options;
}

/// A verb with one file.
template <class Options>
std::expected<Command, int> read_file(const VerbText& text, std::vector<std::string> words,
                                      std::string_view doing = {}) {
  Options options;
  Verb verb(text);
  declare(verb, options);
  std::vector<std::string> files;
  if (auto read = verb.read_anywhere(std::move(words), files); !read)
    return std::unexpected(read.error());
  if (files.empty())
    return verb.usage_error(
        fmt::format("no file given: name the module to {}", doing.empty() ? text.name : doing));
  if (files.size() > 1)
    return verb.usage_error(fmt::format("more than one file given: {} takes one", text.name));
  options.file = files[0];
  return options;
}

/// The module, then what it is linked with.
std::expected<Command, int> read_native(std::vector<std::string> words) {
  NativeOptions options;
  Verb verb(kNative);
  declare(verb, options);
  if (auto read = verb.read_anywhere(std::move(words), options.inputs); !read)
    return std::unexpected(read.error());
  if (options.inputs.empty() && options.code.asks()) return options;
  if (options.inputs.empty()) return verb.usage_error("no file given: name the module to compile");
  options.file = options.inputs[0];
  options.inputs.erase(options.inputs.begin());
  return options;
}

std::expected<Command, int> read_compile(std::vector<std::string> words) {
  CompileOptions options;
  Verb verb(kCompile);
  declare(verb, options);
  std::vector<std::string> files;
  if (auto read = verb.read_anywhere(std::move(words), files); !read)
    return std::unexpected(read.error());
  const bool asks = options.target == "help" || options.code.asks();
  if (files.empty() && !asks) return verb.usage_error("no file given: name the module to compile");
  if (files.size() > 1) return verb.usage_error("more than one file given: compile takes one");
  if (!files.empty()) options.file = files[0];
  return options;
}

std::expected<Command, int> read_symbolize(std::vector<std::string> words) {
  SymbolizeOptions options;
  Verb verb(kSymbolize);
  declare(verb, options);
  if (auto read = verb.read_anywhere(std::move(words), options.offsets); !read)
    return std::unexpected(read.error());
  if (options.offsets.empty())
    return verb.usage_error("no file given: name the module that the trace is of");
  options.file = options.offsets.front();
  options.offsets.erase(options.offsets.begin());
  return options;
}

/// A verb without arguments.
template <class Options>
std::expected<Command, int> read_nothing(const VerbText& text, std::vector<std::string> words) {
  Options options;
  Verb verb(text);
  declare(verb, options);
  std::vector<std::string> rest;
  if (auto read = verb.read_anywhere(std::move(words), rest); !read)
    return std::unexpected(read.error());
  if (!rest.empty())
    return verb.usage_error(fmt::format("'{}': {} takes no arguments", rest[0], text.name));
  return options;
}

std::expected<Command, int> read_completion(std::vector<std::string> words) {
  CompletionOptions options;
  Verb verb(kCompletion);
  declare(verb, options);
  std::vector<std::string> rest;
  if (auto read = verb.read_anywhere(std::move(words), rest); !read)
    return std::unexpected(read.error());
  if (rest.size() != 1) return verb.usage_error("name one shell: bash, zsh or fish");
  if (rest[0] == "bash")
    options.shell = Shell::bash;
  else if (rest[0] == "zsh")
    options.shell = Shell::zsh;
  else if (rest[0] == "fish")
    options.shell = Shell::fish;
  else
    return verb.usage_error(
        fmt::format("there is no completion for '{}': the shells are bash, zsh and fish", rest[0]));
  return options;
}

} // namespace

std::vector<VerbFacts> command_table() {
  return {facts<RunOptions>(kRun),
          facts<CompileOptions>(kCompile),
          facts<NativeOptions>(kNative),
          facts<TargetsOptions>(kTargets),
          facts<ValidateOptions>(kValidate),
          facts<InspectOptions>(kInspect),
          facts<PrintOptions>(kPrint),
          facts<WastOptions>(kWast),
          facts<SymbolizeOptions>(kSymbolize),
          facts<CompletionOptions>(kCompletion),
          facts<ManualOptions>(kManual),
          facts<VersionOptions>(kVersion)};
}

std::expected<Command, int> read_command_line(int count, const char* const* words) {
  std::vector<std::string> all(words + std::min(count, 1), words + count);
  if (all.empty()) {
    fmt::print(stderr, "{}", general_help());
    return std::unexpected(kExitUsage);
  }
  std::string first = all[0];
  if (first == "--help" || first == "-h" || first == "help") {
    if (all.size() > 1 && is_verb(all[1])) {
      const char* const again[] = {"", all[1].c_str(), "--help"};
      return read_command_line(3, again);
    }
    fmt::print("{}", general_help());
    return std::unexpected(0);
  }
  if (first == "--version" || first == "-V") first = all[0] = kVersion.name;
  const bool verb_given = is_verb(first);
  if (verb_given) all.erase(all.begin());
  if (first == kCompile.name) return read_compile(std::move(all));
  if (first == kNative.name) return read_native(std::move(all));
  if (first == kTargets.name) return read_nothing<TargetsOptions>(kTargets, std::move(all));
  if (first == kValidate.name)
    return read_files(kValidate, std::move(all), &ValidateOptions::files,
                      "no file given: name the modules to check");
  if (first == kInspect.name) return read_file<InspectOptions>(kInspect, std::move(all));
  if (first == kPrint.name) return read_file<PrintOptions>(kPrint, std::move(all));
  if (first == kWast.name)
    return read_files(kWast, std::move(all), &WastOptions::paths,
                      "no script given: name files or folders");
  if (first == kSymbolize.name) return read_symbolize(std::move(all));
  if (first == kCompletion.name) return read_completion(std::move(all));
  if (first == kManual.name) return read_nothing<ManualOptions>(kManual, std::move(all));
  if (first == kVersion.name) return read_nothing<VersionOptions>(kVersion, std::move(all));
  return read_run(std::move(all), verb_given);
}

} // namespace waxwing::tool
