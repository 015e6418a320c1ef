// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "script/native_host.hpp"

#include <bit>
#include <cstring>
#include <filesystem>
#include <fmt/format.h>
#include <waxwing/native.hpp>

#include "platform/library.hpp"
#include "script/words.hpp"

namespace waxwing::script {

namespace {

/// Enough for the words that come first.
constexpr size_t kErrorBytes = 512;
/// The results that a function may have (spec, implementation limitations).
constexpr size_t kMaxResults = 1000;

/// What a library says about how a guest has ended: `trap: WORDS (what is known)` and a trace.
std::string_view trap_words(std::string_view message) {
  constexpr std::string_view kLabel = "trap: ";
  if (message.starts_with(kLabel)) message.remove_prefix(kLabel.size());
  message = message.substr(0, message.find('\n'));
  return message.substr(0, message.find(" ("));
}

Failure ending_of(int32_t status, std::string_view message) {
  switch (status) {
  case WAX_NATIVE_TRAP:
    return {.kind = Failure::Kind::trap, .text = std::string(trap_words(message))};
  case WAX_NATIVE_EXCEPTION: return {.kind = Failure::Kind::exception, .text = "exception"};
  case WAX_NATIVE_UNLINKABLE: {
    // LIBRARY: import MODULE.NAME: why
    const size_t colon = message.rfind(": ");
    if (colon != std::string_view::npos) message.remove_prefix(colon + 2);
    return {.error = ErrorKind::incompatible_import, .text = std::string(message)};
  }
  default: return {.error = ErrorKind::limit, .text = std::string(message)};
  }
}

} // namespace

class NativeHost::Guest final : public ScriptInstance {
 public:
  /// The functions of a library.
  struct Library {
    decltype(&waxwing_native_call_export) call;
    decltype(&waxwing_native_get_global) get_global;
    decltype(&waxwing_native_error) error;
  };

  Guest(NativeHost& host, const Library& library, void* own)
      : instance(own), host_(host), library_(library) {}

  [[nodiscard]] ActionResult invoke(std::string_view name,
                                    std::span<const text::Constant> arguments) override;
  [[nodiscard]] ActionResult get(std::string_view name) override;

  void* const instance;

 private:
  NativeHost& host_;
  Library library_;
};

NativeHost::~NativeHost() {
  if (store_ != nullptr) runtime_.store_free(store_);
  for (void* library : libraries_) platform::unload_library(library);
}

Outcome<void> NativeHost::make_store() {
  const std::string path = find_native_runtime({}, NativeRuntime::shared);
  if (path.empty())
    return refuse("there is no libwaxwing_native.so in this installation, the runtime of native "
                  "libraries");
  const char* why = nullptr;
  void* const library = platform::load_library(path.c_str(), why);
  if (library == nullptr) return refuse(fmt::format("the runtime can't be loaded: {}", why));
  libraries_.push_back(library);
  bool complete = true;
  const auto find = [&]<class Function>(Function*& to, const char* name) {
    to = reinterpret_cast<Function*>(platform::find_symbol(library, name));
    complete = complete && to != nullptr;
  };
  find(runtime_.store_new, "waxwing_native_store_new");
  find(runtime_.store_free, "waxwing_native_store_free");
  find(runtime_.store_define, "waxwing_native_store_define");
  find(runtime_.store_reference, "waxwing_native_store_reference");
  find(runtime_.store_data, "waxwing_native_store_data");
  find(runtime_.store_keep, "waxwing_native_store_keep");
  if (!complete) return refuse(fmt::format("{}: this is the runtime of another version", path));
  WaxNativeConfig config{};
  config.memory_bytes = options_.limits.memory_bytes.value_or(0);
  config.stack_bytes = options_.limits.stack_bytes;
  config.gc_heap_bytes = options_.limits.gc_heap_bytes;
  config.table_elements = options_.limits.table_elements;
  char error[kErrorBytes];
  store_ = runtime_.store_new(&config, error, sizeof error);
  if (store_ == nullptr) return refuse(error);
  return {};
}

Outcome<InstanceHandle> NativeHost::instantiate(const Module& module) {
  constexpr const char* kPrefix = "script";
  const Result<std::string> path = options_.make_library(module, kPrefix);
  if (!path) return std::unexpected(failure_of(path.error()));
  const char* why = nullptr;
  void* const library = platform::load_library(path->c_str(), why);
  // Loaded, it needs no name.
  std::error_code ignored;
  std::filesystem::remove(*path, ignored);
  if (library == nullptr) return refuse(fmt::format("the library can't be loaded: {}", why));
  libraries_.push_back(library);
  const auto find = [&](const char* name) {
    return platform::find_symbol(library, fmt::format("{}_instance_{}", kPrefix, name).c_str());
  };
  using Make = void* (*)(const WaxNativeConfig*, char*, size_t);
  const auto make = reinterpret_cast<Make>(find("new"));
  Guest::Library functions{};
  functions.call = reinterpret_cast<decltype(functions.call)>(find("call"));
  functions.get_global = reinterpret_cast<decltype(functions.get_global)>(find("get_global"));
  functions.error = reinterpret_cast<decltype(functions.error)>(find("error"));
  if (make == nullptr || functions.call == nullptr || functions.get_global == nullptr ||
      functions.error == nullptr)
    return refuse("the library lacks a function of its interface");

  int32_t status = WAX_NATIVE_REFUSED;
  WaxNativeConfig config{};
  config.store = store_;
  config.status = &status;
  char error[kErrorBytes] = "";
  void* const instance = make(&config, error, sizeof error);
  if (instance == nullptr) return std::unexpected(ending_of(status, error));
  return std::make_shared<Guest>(*this, functions, instance);
}

Outcome<void> NativeHost::define(std::string_view name, void* instance) {
  if (runtime_.store_define(store_, name.data(), name.size(), instance) == WAX_NATIVE_OK) return {};
  return refuse("out of memory");
}

Outcome<void> NativeHost::register_as(std::string_view name, ScriptInstance& instance) {
  return define(name, static_cast<Guest&>(instance).instance);
}

SharedPart NativeHost::share(ScriptInstance& instance) {
  // Not owned: the thread whose instance it is waits for the others.
  return {std::shared_ptr<void>(), static_cast<Guest&>(instance).instance};
}

Outcome<void> NativeHost::register_shared(std::string_view name, const SharedPart& part) {
  return define(name, const_cast<void*>(part.get()));
}

std::optional<WaxNativeValue> NativeHost::value_of(const text::Constant& constant) {
  using text::ConstKind;
  WaxNativeValue value{};
  const auto set = [&](WaxNativeType type, const auto& bits) {
    value.type = type;
    std::memcpy(&value.of, &bits, sizeof bits);
    return value;
  };
  switch (constant.kind) {
  case ConstKind::i32: return set(WAX_NATIVE_I32, static_cast<uint32_t>(constant.bits));
  case ConstKind::i64: return set(WAX_NATIVE_I64, constant.bits);
  case ConstKind::f32: return set(WAX_NATIVE_F32, static_cast<uint32_t>(constant.bits));
  case ConstKind::f64: return set(WAX_NATIVE_F64, constant.bits);
  case ConstKind::v128: return set(WAX_NATIVE_V128, constant.v128);
  case ConstKind::ref_null: return set(WAX_NATIVE_ANYREF, nullptr);
  case ConstKind::ref_extern:
  case ConstKind::ref_host: {
    const auto number = static_cast<uint32_t>(constant.bits);
    void*& reference = numbered_[number];
    if (reference == nullptr) {
      // One more, so that none is null.
      void* const data = reinterpret_cast<void*>(uintptr_t{number} + 1);
      reference = runtime_.store_reference(store_, data);
      if (reference == nullptr || runtime_.store_keep(store_, reference) == 0) return std::nullopt;
    }
    return set(constant.kind == ConstKind::ref_extern ? WAX_NATIVE_EXTERNREF : WAX_NATIVE_ANYREF,
               reference);
  }
  default: return std::nullopt;
  }
}

Answer NativeHost::answer_of(const WaxNativeValue& value) const {
  using text::ConstKind;
  text::Constant out;
  const bool external = value.type == WAX_NATIVE_EXTERNREF;
  switch (value.type) {
  case WAX_NATIVE_I32:
    out.kind = ConstKind::i32;
    out.bits = static_cast<uint32_t>(value.of.i32);
    break;
  case WAX_NATIVE_I64:
    out.kind = ConstKind::i64;
    out.bits = static_cast<uint64_t>(value.of.i64);
    break;
  case WAX_NATIVE_F32:
    out.kind = ConstKind::f32;
    out.bits = std::bit_cast<uint32_t>(value.of.f32);
    break;
  case WAX_NATIVE_F64:
    out.kind = ConstKind::f64;
    out.bits = std::bit_cast<uint64_t>(value.of.f64);
    break;
  case WAX_NATIVE_V128:
    out.kind = ConstKind::v128;
    std::memcpy(out.v128.bytes, value.of.v128, sizeof out.v128.bytes);
    break;
  default:
    switch (value.object) {
    case WAX_NATIVE_FUNCTION: out.kind = ConstKind::ref_func; break;
    case WAX_NATIVE_I31: out.kind = ConstKind::ref_i31; break;
    case WAX_NATIVE_STRUCT: out.kind = ConstKind::ref_struct; break;
    case WAX_NATIVE_ARRAY: out.kind = ConstKind::ref_array; break;
    case WAX_NATIVE_EXCEPTION_OBJECT: out.kind = ConstKind::ref_exn; break;
    case WAX_NATIVE_HOST: out.kind = ConstKind::ref_host; break;
    default: out.kind = ConstKind::ref_null; break;
    }
    if (external && value.object != WAX_NATIVE_NULL) out.kind = ConstKind::ref_extern;
    if (value.object == WAX_NATIVE_HOST)
      if (void* const data = runtime_.store_data(store_, value.of.ref); data != nullptr) {
        out.has_number = true;
        out.bits = reinterpret_cast<uintptr_t>(data) - 1;
      }
    break;
  }
  return {.constant = out, .text = constant_text(out)};
}

ActionResult NativeHost::Guest::invoke(std::string_view name,
                                       std::span<const text::Constant> arguments) {
  std::vector<WaxNativeValue> values;
  for (const text::Constant& argument : arguments) {
    const auto value = host_.value_of(argument);
    if (!value) return refuse(fmt::format("argument {} cannot be given", values.size() + 1));
    values.push_back(*value);
  }
  std::vector<WaxNativeValue> results(kMaxResults);
  size_t count = results.size();
  const int32_t status = library_.call(instance, name.data(), name.size(), values.data(),
                                       values.size(), results.data(), &count);
  if (status != WAX_NATIVE_OK) return std::unexpected(ending_of(status, library_.error(instance)));
  std::vector<Answer> answers;
  for (size_t i = 0; i < count; ++i) answers.push_back(host_.answer_of(results[i]));
  return answers;
}

ActionResult NativeHost::Guest::get(std::string_view name) {
  WaxNativeValue value{};
  const int32_t status = library_.get_global(instance, name.data(), name.size(), &value);
  if (status != WAX_NATIVE_OK) return std::unexpected(ending_of(status, library_.error(instance)));
  return std::vector{host_.answer_of(value)};
}

} // namespace waxwing::script
