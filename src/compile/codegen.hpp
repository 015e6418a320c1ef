// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// From IR to machine code: the target machine, the optimisation pipeline, code generation.
#pragma once

#include <functional>
#include <llvm/ADT/SmallVector.h>
#include <llvm/IR/Module.h>
#include <llvm/Target/TargetMachine.h>
#include <memory>

#include "compile/failure.hpp"
#include "compile/options.hpp"
#include "compile/sites.hpp"
#include "compile/source_map.hpp"
#include "wasm/module.hpp"

namespace waxwing::compile {

/// Makes LLVM's targets known; once a process, safe to call again.
void initialize_targets();

/// A target machine for `options`, whose `cpu` and `features` have been completed and checked.
[[nodiscard]] Outcome<std::unique_ptr<llvm::TargetMachine>> make_machine(const Options& options);

/// Fills what the words of the caller leave open: processor and features. Fails for a processor or
/// feature that LLVM does not know, with the nearest one that it does.
[[nodiscard]] Outcome<void> complete(Options& options, std::string_view cpu,
                                     std::string_view features);

/// Lists processors ("cpu") or features ("features") of the target, one a line.
[[nodiscard]] std::string list_words(Target target, std::string_view what);

/// The processor and the features that code needs beyond the target's least, a line for LLVM's name
/// of the processor and one for the features, apart by commas.
[[nodiscard]] std::string processor_words(const Options& options);

/// Fails where IR that this compiler made is not valid: a mistake of its own.
[[nodiscard]] Outcome<void> verify(const llvm::Module& ir);

/// `at` hears the name of the function that is worked on.
void optimize(llvm::Module& ir, llvm::TargetMachine& machine, const waxwing::Module& wasm,
              const Options& options, const std::function<void(llvm::StringRef)>& at);

enum class Output : uint8_t { object, assembly };
/// Generates code. `code` is filled with what the image's tables are made of; null where they
/// aren't wanted. `lines` goes into debug information; null where there is to be none. `at` hears
/// of each function before it.
[[nodiscard]] Outcome<llvm::SmallVector<char, 0>>
generate(llvm::Module& ir, llvm::TargetMachine& machine, const Options& options, Output output,
         CodeFacts* code, const SourceMap* lines, const std::function<void(llvm::StringRef)>& at);

} // namespace waxwing::compile
