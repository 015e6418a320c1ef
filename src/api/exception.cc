// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions in the hands of the host.
#include <cstring>
#include <fmt/format.h>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

using impl::Root;
using impl::StoreState;
using runtime::Cell;
using runtime::ExceptionObject;

namespace {

const ExceptionObject& object_of(const Exception& exception) {
  return runtime::exception_of(exception.root().get());
}

} // namespace

Result<Exception> Exception::make(const Tag& tag, std::span<const Value> values) {
  StoreState& state = *tag.store_state();
  const auto& known = *static_cast<const runtime::Tag*>(tag.word());
  const std::span<const core::ValType> params = known.type->params;
  if (values.size() != params.size())
    return impl::refuse(ErrorKind::usage,
                        fmt::format("{} values for a tag of {}", values.size(), params.size()));
  for (size_t i = 0; i < params.size(); ++i)
    if (Result<void> fits = impl::check_value(state, values[i], params[i]); !fits)
      return impl::refuse(ErrorKind::usage,
                          fmt::format("value {}: {}", i + 1, fits.error().message));
  ExceptionObject* made = state.store->heap().new_exception(known);
  if (made == nullptr) return impl::refuse(core::Error{.code = core::ErrorCode::gc_heap_limit});
  Cell* to = made->cells();
  for (size_t i = 0; i < params.size(); ++i) impl::put_cells(to, params[i], values[i].raw());
  return Exception(&state, std::make_shared<Root>(state.store->heap(), runtime::ref_of(made)));
}

Result<Exception> Exception::of(const Value& reference) {
  if (reference.kind() != ValueKind::exnref || reference.is_null())
    return impl::refuse(ErrorKind::usage, "this is no exception");
  StoreState& state = *reference.store_state();
  if (Result<void> fits = impl::check_reference(state, reference.raw(), val::exnref); !fits)
    return std::unexpected(std::move(fits.error()));
  return Exception(&state,
                   std::make_shared<Root>(state.store->heap(), reference.raw().as<runtime::Ref>()));
}

Tag Exception::tag() const { return {store_, const_cast<runtime::Tag*>(object_of(*this).tag)}; }

std::vector<Value> Exception::values() const {
  const ExceptionObject& object = object_of(*this);
  return impl::make_values(*store_, object.tag->type->params, object.cells());
}

Value Exception::reference() const {
  return {ValueKind::exnref, RawValue::of(root_->get()), store_, root_};
}

std::string Exception::text() const {
  std::string out;
  for (const Value& value : values())
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", value.type().text(), value.text());
  return out.empty() ? tag().name() : fmt::format("{} ({})", tag().name(), out);
}

std::unexpected<Error> fail(const Exception& exception) {
  Error error = impl::make_error(ErrorKind::exception, exception.text());
  error.exception = std::make_shared<const Exception>(exception);
  return std::unexpected(std::move(error));
}

} // namespace waxwing::inline v0
