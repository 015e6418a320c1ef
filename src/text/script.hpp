// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/bits.hpp"
#include "text/lexer.hpp"
#include "text/parse.hpp"
#include "wasm/types.hpp"

namespace waxwing::text {

/// The values of scripts: numbers, vectors, and what can be said about references.
enum class ConstKind : uint8_t {
  i32,
  i64,
  f32,
  f64,
  v128,
  ref_null,
  ref_func,
  ref_extern,
  ref_host,
  ref_i31,
  ref_struct,
  ref_array,
  ref_eq,
  ref_any,
  ref_exn,
};

/// A value given to a function, or found as its result.
struct Constant {
  ConstKind kind = ConstKind::i32;
  /// Of a number: its bits (an i32 or f32 in the low half). Of `ref.extern N` and its like: N.
  uint64_t bits = 0;
  V128 v128{};
  /// Of a reference: whether `bits` holds a number.
  bool has_number = false;
  /// Of `ref.null`: whether `heap_type` holds its type.
  bool has_type = false;
  HeapType heap_type;
};

enum class Shape : uint8_t { i8x16, i16x8, i32x4, i64x2, f32x4, f64x2 };
enum class NanPattern : uint8_t { none, canonical, arithmetic };

/// A result that an assertion expects.
struct Pattern {
  Constant value;
  Shape shape = Shape::i8x16;
  /// For each lane of a vector of floats; the first one for a float: a NaN of that class instead of
  /// the bits in `value`.
  std::array<NanPattern, 4> nan{};
  /// Not empty: one of these instead.
  std::vector<Pattern> either;
};

/// Whether `actual` is what `expected` asks for. Of a reference, `actual` says what it is most
/// exactly (`ref_i31`, not `ref_eq`); the type of a null reference doesn't matter.
[[nodiscard]] bool matches(const Pattern& expected, const Constant& actual);

/// A module in a script. Text is parsed when `Script::binary` asks for it, so that one bad module
/// does not spoil the script.
struct ScriptModule {
  enum class Form : uint8_t { none, text, binary, quote, component };
  Form form = Form::none;
  /// Identifier without "$"; empty where there is none.
  std::string id;
  /// binary: the bytes; quote: the text.
  std::string content;
  /// text: its tokens in the script.
  uint32_t begin = 0;
  uint32_t end = 0;
};

/// `(invoke $module? "name" arguments...)` or `(get $module? "name")`.
struct Action {
  enum class Kind : uint8_t { none, invoke, get };
  Kind kind = Kind::none;
  /// Identifier of an instance; empty: the most recent one.
  std::string module;
  std::string name;
  std::vector<Constant> arguments;
};

enum class CommandKind : uint8_t {
  module,                  // module: define and instantiate
  module_definition,       // module: define only
  module_instance,         // instance_id, module_id: instantiate a definition (empty: the last)
  register_,               // name, instance_id (empty: the last)
  action,                  // action
  assert_return,           // action, expected
  assert_trap,             // action or module, message
  assert_exhaustion,       // action, message
  assert_exception,        // action
  assert_suspension,       // action, message
  assert_invalid,          // module, message
  assert_malformed,        // module, message
  assert_invalid_custom,   // module, message
  assert_malformed_custom, // module, message
  assert_unlinkable,       // module, message
  thread,                  // name, shared_modules, commands
  wait,                    // name
};

inline constexpr size_t kCommandKinds = static_cast<size_t>(CommandKind::wait) + 1;

/// One command of a script. Its kind says which of the members mean something.
struct Command {
  CommandKind kind = CommandKind::module;
  uint32_t offset = 0;
  uint32_t line = 0;
  uint32_t column = 0;
  ScriptModule module;
  Action action;
  std::vector<Pattern> expected;
  /// What the error or trap has to begin with.
  std::string message;
  /// The string of `register`; the identifier of a thread.
  std::string name;
  std::string instance_id;
  std::string module_id;
  std::vector<std::string> shared_modules;
  std::vector<Command> commands;
};

/// A script of the official test suite (`.wast`), read but not executed.
class Script {
 public:
  [[nodiscard]] const std::vector<Command>& commands() const { return commands_; }
  [[nodiscard]] std::string_view source() const { return text_->source; }

  /// The bytes of a module of this script; `binary` modules are passed on as they are. Errors in
  /// text have their position in the script, errors in a quoted module in the quoted text.
  [[nodiscard]] TextResult<Binary> binary(const ScriptModule& module,
                                          const ParseOptions& options = {}) const;

 private:
  friend class ScriptReader;
  struct Text {
    std::string source;
    TokenList list;
  };
  std::unique_ptr<Text> text_;
  std::vector<Command> commands_;
};

/// Reads a script: commands, or the fields of one module without parentheses around them.
[[nodiscard]] TextResult<Script> read_script(std::string source);

} // namespace waxwing::text
