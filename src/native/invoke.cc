// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "native/invoke.hpp"

#include "native/value.hpp"

namespace waxwing::native {

using runtime::Cell;
using runtime::Outcome;

namespace {

const char* wanted(ValType type) {
  if (type == val::i32) return ": write an integer of 32 bits, e.g. -1 or 0xff";
  if (type == val::i64) return ": write an integer of 64 bits, e.g. -1 or 0xff";
  if (type == val::f32 || type == val::f64) return ": write a number, e.g. 1.5, -2e10, inf or nan";
  return ": numbers and null can be given here";
}

bool invoke(Guest& guest, std::string_view name, std::span<const std::string_view> arguments,
            std::optional<Outcome>& outcome, Text& why) {
  const Module& module = guest.module();
  const Export* found = module.find_export(name);
  if (found == nullptr || found->kind != ExternKind::func) {
    why.add("no exported function '").add(name).add("'; it exports");
    const char* before = " ";
    for (const Export& item : module.exports)
      if (item.kind == ExternKind::func) {
        why.add(before).add(item.name);
        before = ", ";
      }
    return false;
  }
  const runtime::RuntimeType& type = *guest.instance().loaded().function_type(found->index);
  if (arguments.size() != type.params.size()) {
    why.add('\'').add(name).add("' takes ").add_number(type.params.size());
    why.add(type.params.size() == 1 ? " argument, not " : " arguments, not ");
    why.add_number(arguments.size());
    return false;
  }
  Vec<Cell> cells(guest.store().allocator());
  if (!cells.resize(type.call_cells + 1)) {
    why.add("out of memory");
    return false;
  }
  Cell* next = cells.data();
  for (size_t i = 0; i < type.params.size(); ++i) {
    if (!parse_value(arguments[i], type.params[i], next)) {
      why.add("argument ").add_number(i + 1).add(" of '").add(name).add("': '");
      why.add(arguments[i])
          .add("' is not ")
          .add(type_name(type.params[i]))
          .add(wanted(type.params[i]));
      return false;
    }
    next += cells_of(type.params[i]);
  }
  outcome = guest.call(found->index, cells.data());
  if (outcome == Outcome::ok) {
    Text results;
    const Cell* result = cells.data();
    for (const ValType one : type.results) {
      add_value(results, one, result);
      results.add('\n');
      result += cells_of(one);
    }
    print(1, results.view());
  }
  return true;
}

} // namespace
} // namespace waxwing::native

constinit const waxwing::native::InvokePart waxwing_native_invoke = {&waxwing::native::invoke};
