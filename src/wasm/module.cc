// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "wasm/module.hpp"

namespace waxwing {

Module::Module(const Allocator& from)
    : allocator(from), arena(from), owned_bytes(from), types(from), imports(from), functions(from),
      tables(from), memories(from), globals(from), tags(from), exports(from), elements(from),
      data(from), customs(from), declared_refs(from), exports_by_name(from) {}

const Export* Module::find_export(std::string_view name) const {
  if (exports_by_name.size() != exports.size()) {
    for (const Export& item : exports)
      if (item.name == name) return &item;
    return nullptr;
  }
  size_t low = 0;
  size_t high = exports_by_name.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const Export& item = exports[exports_by_name[middle]];
    const int order = item.name.compare(name);
    if (order == 0) return &item;
    if (order < 0)
      low = middle + 1;
    else
      high = middle;
  }
  return nullptr;
}

FuncIndex Module::function_at(uint32_t offset) const {
  // Bodies lie in the order of their functions.
  size_t low = imported_functions;
  size_t high = functions.size();
  while (low < high) {
    const size_t middle = low + (high - low) / 2;
    const ByteRange body = functions[middle].body;
    if (offset < body.offset)
      high = middle;
    else if (offset - body.offset >= body.size)
      low = middle + 1;
    else
      return static_cast<FuncIndex>(middle);
  }
  return kNoIndex;
}

} // namespace waxwing
