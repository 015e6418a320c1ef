// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Functions of the host, as the core calls them.
#include <exception>
#include <fmt/format.h>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

using impl::HostData;
using impl::StoreState;
using runtime::Cell;
using runtime::Outcome;

namespace {

/// Arguments and results of a host function that need no memory of their own.
constexpr size_t kSmallCall = 8;

Error bad_access(uint64_t address, uint64_t length, uint64_t bound, core::TrapKind kind) {
  runtime::TrapInfo info;
  info.kind = kind;
  info.has_address = true;
  info.address = address;
  info.length = length;
  info.bound = bound;
  auto trap = std::make_shared<Trap>();
  trap->kind = impl::kind_of(kind);
  trap->message = describe::trap_text(info);
  trap->access = Access{.address = address, .length = length, .index = 0, .bound = bound};
  Error error = impl::make_error(ErrorKind::trap, trap->message);
  error.trap = std::move(trap);
  return error;
}

/// Runs the callable. Nothing that it throws gets any further: the frames above are the guest's.
void enter_callable(const typed::HostRecord& record, Caller& caller, const RawValue* arguments,
                    RawValue* results) {
  try {
    record.entry(record.callable.get(), caller, arguments, results);
  } catch (const std::exception& thrown) {
    caller.failure = impl::make_error(ErrorKind::usage, thrown.what());
  } catch (...) {
    caller.failure = impl::make_error(ErrorKind::usage, "a host function has thrown an exception");
  }
}

Outcome enter_host(runtime::HostCall& call) {
  const auto& host = *static_cast<const HostData*>(call.data);
  const std::span<const ValueKind> params = host.record.params;
  const std::span<const ValueKind> results = host.record.results;
  impl::Scratch<RawValue, kSmallCall> in(params.size());
  impl::Scratch<RawValue, kSmallCall> out(results.size());
  const Cell* from = call.cells;
  for (size_t i = 0; i < params.size(); ++i)
    in.data()[i] = impl::take_cells(from, impl::to_core(params[i]));
  Caller caller(host.store, call.caller);
  enter_callable(host.record, caller, in.data(), out.data());
  for (size_t i = 0; !caller.failure && i < results.size(); ++i)
    if (results[i] >= ValueKind::funcref)
      if (Result<void> fits =
              impl::check_reference(*host.store, out.data()[i], impl::to_core(results[i]));
          !fits)
        caller.failure = std::move(fits.error());
  if (caller.failure) return host.store->raise(std::move(*caller.failure));
  Cell* to = call.cells;
  for (size_t i = 0; i < results.size(); ++i)
    impl::put_cells(to, impl::to_core(results[i]), out.data()[i]);
  return Outcome::ok;
}

runtime::Memory* memory_of(void* instance, std::string_view name) {
  runtime::Extern found;
  if (instance == nullptr || !static_cast<runtime::Instance*>(instance)->find_export(name, found))
    return nullptr;
  return found.kind == core::ExternKind::memory ? found.memory : nullptr;
}

/// The memory that addresses are in.
runtime::Memory* usual_memory(void* instance) {
  if (instance == nullptr) return nullptr;
  runtime::Memory* exported = memory_of(instance, "memory");
  return exported != nullptr ? exported : static_cast<runtime::Instance*>(instance)->memory0;
}

/// A callable whose type is known at run time.
struct DynamicFunction {
  std::function<Result<void>(Caller&, std::span<const Value>, std::span<Value>)> body;
  std::vector<ValueKind> params;
  std::vector<ValueKind> results;

  static void enter(void* self, Caller& caller, const RawValue* arguments, RawValue* results) {
    static_cast<DynamicFunction*>(self)->run(caller, arguments, results);
  }

 private:
  void run(Caller& caller, const RawValue* arguments, RawValue* to) const {
    std::vector<Value> in;
    std::vector<Value> out;
    in.reserve(params.size());
    out.reserve(results.size());
    for (size_t i = 0; i < params.size(); ++i)
      in.push_back(impl::make_value(*caller.state(), impl::to_core(params[i]), arguments[i]));
    for (const ValueKind kind : results) out.emplace_back(kind, RawValue(), caller.state());
    if (Result<void> ended = body(caller, in, out); !ended) {
      caller.failure = std::move(ended.error());
      return;
    }
    for (size_t i = 0; i < results.size(); ++i) {
      if (Result<void> fits = impl::check_value(*caller.state(), out[i], impl::to_core(results[i]));
          !fits) {
        caller.failure = impl::make_error(
            ErrorKind::usage, fmt::format("result {}: {}", i + 1, fits.error().message));
        return;
      }
      to[i] = out[i].raw();
    }
  }
};

} // namespace

std::optional<Instance> Caller::instance() const {
  if (instance_ == nullptr) return std::nullopt;
  return Instance(store_, instance_);
}

std::optional<Memory> Caller::memory() const {
  runtime::Memory* found = usual_memory(instance_);
  if (found == nullptr) return std::nullopt;
  return Memory(store_, found);
}

std::optional<Memory> Caller::memory(std::string_view name) const {
  runtime::Memory* found = memory_of(instance_, name);
  if (found == nullptr) return std::nullopt;
  return Memory(store_, found);
}

Store& Caller::store() const { return *store_->self; }

void* Caller::resolve(uint64_t address, uint64_t count, size_t size, size_t alignment) {
  if (failure) return nullptr;
  runtime::Memory* memory = usual_memory(instance_);
  if (memory == nullptr) {
    failure = impl::make_error(ErrorKind::usage, "the caller has no memory to pass addresses in");
    return nullptr;
  }
  Result<void*> at = Memory(store_, memory).resolve(address, count, size, alignment);
  if (at) return *at;
  failure = std::move(at.error());
  return nullptr;
}

Result<void*> Memory::resolve(uint64_t address, uint64_t count, size_t size,
                              size_t alignment) const {
  const auto& memory = *static_cast<const runtime::Memory*>(memory_);
  uint64_t length = 0;
  if (__builtin_mul_overflow(count, uint64_t{size}, &length)) length = UINT64_MAX;
  uint8_t* at = memory.resolve(address, length);
  if (at == nullptr)
    return std::unexpected(bad_access(address, length, memory.byte_size(),
                                      core::TrapKind::out_of_bounds_memory_access));
  if (reinterpret_cast<uintptr_t>(at) % alignment != 0)
    return std::unexpected(
        bad_access(address, length, memory.byte_size(), core::TrapKind::unaligned_atomic));
  return at;
}

namespace typed {

Result<Func> make_host_function(Store& store, HostRecord record) {
  StoreState& state = *store.state();
  std::vector<core::ValType> params;
  std::vector<core::ValType> results;
  for (const ValueKind kind : record.params) params.push_back(impl::to_core(kind));
  for (const ValueKind kind : record.results) results.push_back(impl::to_core(kind));
  auto type = state.types().intern_function(params, results);
  if (!type) return impl::refuse(type.error());
  HostData& data = state.host_functions.emplace_back(HostData{&state, std::move(record)});
  auto made = state.store->host_function(*type, &enter_host, &data);
  if (!made) {
    state.host_functions.pop_back();
    return impl::refuse(made.error());
  }
  return Func(&state, *made);
}

} // namespace typed

Result<Func>
make_func(Store& store, const FunctionType& type,
          std::function<Result<void>(Caller&, std::span<const Value>, std::span<Value>)> body) {
  Result<std::vector<ValueKind>> params = impl::plain_kinds(type.params);
  if (!params) return std::unexpected(std::move(params.error()));
  Result<std::vector<ValueKind>> results = impl::plain_kinds(type.results);
  if (!results) return std::unexpected(std::move(results.error()));
  auto function =
      std::make_shared<DynamicFunction>(std::move(body), std::move(*params), std::move(*results));
  typed::HostRecord record{function, &DynamicFunction::enter, function->params, function->results};
  return typed::make_host_function(store, std::move(record));
}

} // namespace waxwing::inline v0
