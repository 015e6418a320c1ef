// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/host_functions.hpp"

#include <algorithm>
#include <llvm/ADT/StringRef.h>

#include "compile/signature.hpp"

namespace waxwing::compile {

namespace {

constexpr HostFunction kFunctions[] = {
#define WAX_HOST(name, signature, header) {#name, HostKind::plain, signature, header},
#define WAX_SHIM(name, signature, header) {#name, HostKind::shim, signature, header},
#define WAX_REFUSED(name, reason) {#name, HostKind::refused, "", reason},
#define WAX_MADE(name, signature, what) {#name, HostKind::made, signature, "", MadeOperation::what},
#include "compile/host_functions.def"
#undef WAX_HOST
#undef WAX_SHIM
#undef WAX_REFUSED
#undef WAX_MADE
};

/// What a letter of a signature is to the guest.
ValType type_of(char letter) {
  switch (letter) {
  case 'i': return val::i32;
  case 'f': return val::f32;
  case 'd': return val::f64;
  default: return val::i64;
  }
}

const char* name_of(ValType type) {
  constexpr const char* kNames[] = {"i32", "i64", "f32", "f64", "v128", "ref"};
  return kNames[static_cast<size_t>(kind_of(type))];
}

} // namespace

std::span<const HostFunction> host_functions() { return kFunctions; }

const HostFunction* find_host_function(std::string_view name) {
  const auto found =
      std::ranges::find_if(kFunctions, [&](const HostFunction& f) { return f.name == name; });
  return found == std::end(kFunctions) ? nullptr : found;
}

const HostFunction* nearest_host_function(std::string_view name) {
  const llvm::StringRef word(name.data(), name.size());
  unsigned distance = static_cast<unsigned>(std::min<size_t>(name.size() / 2, 3)) + 1;
  const HostFunction* best = nullptr;
  for (const HostFunction& function : kFunctions)
    if (const unsigned d = word.edit_distance(function.name, true, distance); d < distance) {
      distance = d;
      best = &function;
    }
  return best;
}

bool has_type(const HostFunction& function, const DefType& type) {
  const std::string_view letters = function.signature;
  const bool returns = letters[0] != 'v';
  if (type.results.size() != (returns ? 1 : 0) || type.params.size() != letters.size() - 1)
    return false;
  if (returns && type.results[0] != type_of(letters[0])) return false;
  for (size_t i = 0; i < type.params.size(); ++i)
    if (type.params[i] != type_of(letters[i + 1])) return false;
  return true;
}

std::string type_text(const HostFunction& function) {
  const std::string_view letters = function.signature;
  std::string text = "(";
  for (size_t i = 1; i < letters.size(); ++i)
    text += (i == 1 ? "" : ", ") + std::string(name_of(type_of(letters[i])));
  return text + ") -> " + (letters[0] == 'v' ? "()" : name_of(type_of(letters[0])));
}

std::string type_text(const DefType& type) {
  std::string text = "(";
  for (size_t i = 0; i < type.params.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::string(name_of(type.params[i]));
  text += ") -> ";
  if (type.results.size() == 1) return text + name_of(type.results[0]);
  text += "(";
  for (size_t i = 0; i < type.results.size(); ++i)
    text += (i == 0 ? "" : ", ") + std::string(name_of(type.results[i]));
  return text + ")";
}

} // namespace waxwing::compile
