// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "runtime/exception.hpp"

#include <cstring>

namespace waxwing::runtime {

Outcome throw_exception(Store& store, const Tag& tag, const Cell* values) {
  const size_t count = tag.type->param_cells;
  Cell* const top = store.stack_top;
  // The values may be the last that refer to something: they have to be on the value stack, below
  // its top, when the exception is allocated.
  const bool on_stack = values >= top && values < store.stack_limit;
  if (on_stack) {
    store.stack_top += values - top + static_cast<ptrdiff_t>(count);
  } else if (count != 0) {
    if (count > static_cast<size_t>(store.stack_limit - top))
      return store.raise(TrapKind::call_stack_exhausted);
    std::memcpy(top, values, count * sizeof(Cell));
    store.stack_top += count;
  }
  ExceptionObject* exception = store.heap().new_exception(tag);
  store.stack_top = top;
  if (exception == nullptr) return store.raise(TrapKind::gc_heap_exhausted);
  if (count != 0) std::memcpy(exception->cells(), values, count * sizeof(Cell));
  return rethrow_exception(store, ref_of(exception));
}

Outcome rethrow_exception(Store& store, Ref exception) {
  if (exception == 0) return store.raise(TrapKind::null_exception_reference);
  (void)store.raise(TrapKind::uncaught_exception);
  store.exception = exception;
  return Outcome::exception;
}

Ref catch_exception(Store& store) {
  const Ref exception = store.exception;
  store.exception = 0;
  return exception;
}

} // namespace waxwing::runtime
