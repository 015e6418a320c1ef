// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "native/guest.hpp"

#include "image/image.hpp"
#include "native/report.hpp"
#include "platform/file.hpp"
#include "platform/memory.hpp"
#include "platform/thread.hpp"
#include "wasi/row.hpp"

namespace waxwing::native {

using platform::default_allocator;
using runtime::Cell;
using runtime::Instance;
using runtime::Linker;
using runtime::LoadedModule;
using runtime::Outcome;
using runtime::Store;

namespace {

Outcome has_no_code(const runtime::FuncRef*, runtime::VmContext* caller, Cell*) {
  return caller->store->raise(TrapKind::unsupported);
}

/// Stands where an interpreter would: an image has the code of all functions that can be reached.
constexpr runtime::Backend kNoBackend{
    .name = "none",
    .load = [](LoadedModule&) -> Result<void> { return fail(ErrorCode::image_module_mismatch); },
    .unload = [](LoadedModule&) {},
    .attach = [](Instance&) -> Result<void> { return {}; },
    .detach = [](Instance&) {},
    .bind = [](Instance&, FuncIndex, runtime::FuncRef& ref) { ref.uniform = &has_no_code; },
    .value_stack_bytes = size_t{64} * 1024,
};

/// What modules may have was decided when their images were made, and images do the same in any
/// engine.
runtime::EngineConfig engine_config(bool interruptible) {
  runtime::EngineConfig config;
  config.interruptible = interruptible;
  for (unsigned i = 0; i < 64; ++i) config.features.add(static_cast<Feature>(i));
  return config;
}

/// Held while the engine is looked at, or the state of an embedded module.
platform::Mutex shared_lock;
runtime::Engine* shared_engine = nullptr;
uint32_t engine_users = 0;

/// With the lock held.
runtime::Engine* take_engine(bool interruptible) {
  if (shared_engine == nullptr)
    shared_engine = create<runtime::Engine>(default_allocator(), default_allocator(),
                                            engine_config(interruptible), kNoBackend);
  if (shared_engine != nullptr) ++engine_users;
  return shared_engine;
}

void give_engine_back() {
  if (--engine_users != 0) return;
  waxwing::destroy(default_allocator(), shared_engine);
  shared_engine = nullptr;
}

} // namespace

runtime::Engine* SharedEngine::acquire() {
  const platform::LockGuard guard(shared_lock);
  return take_engine(true);
}

void SharedEngine::release() {
  const platform::LockGuard guard(shared_lock);
  give_engine_back();
}

struct SharedModule {
  [[nodiscard]] static Result<SharedModule*> acquire(WaxEmbedded& embedded, bool interruptible);
  static void release(WaxEmbedded& embedded);

  LoadedModule* module;
  uint32_t users = 0;
};

Result<SharedModule*> SharedModule::acquire(WaxEmbedded& embedded, bool interruptible) {
  const platform::LockGuard guard(shared_lock);
  auto* shared = static_cast<SharedModule*>(embedded.state);
  if (shared == nullptr) {
    runtime::Engine* const engine = take_engine(interruptible);
    if (engine == nullptr) return out_of_memory();
    const auto loaded =
        image::load_linked(*engine, {embedded.image, embedded.image_size}, embedded.code);
    if (loaded) shared = create<SharedModule>(default_allocator(), *loaded);
    if (shared == nullptr) {
      const Error wrong = loaded ? Error{.code = ErrorCode::out_of_memory} : loaded.error();
      if (loaded) (*loaded)->release();
      give_engine_back();
      return std::unexpected(wrong);
    }
    embedded.state = shared;
  }
  ++shared->users;
  return shared;
}

void SharedModule::release(WaxEmbedded& embedded) {
  const platform::LockGuard guard(shared_lock);
  auto* shared = static_cast<SharedModule*>(embedded.state);
  if (--shared->users != 0) return;
  embedded.state = nullptr;
  shared->module->release();
  waxwing::destroy(default_allocator(), shared);
  give_engine_back();
}

Guest::Guest(WaxEmbedded& embedded)
    : embedded_(embedded), wasi_(default_allocator()), host_imports_(default_allocator()) {}

Guest::~Guest() {
  if (threads_ != nullptr) thread_part()->destroy(threads_);
  linker_.reset();
  if (store_ != nullptr && owns_store_) Store::destroy(store_);
  if (shared_ != nullptr) SharedModule::release(embedded_);
}

Guest* Guest::make(WaxEmbedded& embedded) { return create<Guest>(default_allocator(), embedded); }
void Guest::destroy(Guest* guest) { waxwing::destroy(default_allocator(), guest); }

const Module& Guest::module() const { return shared_->module->module(); }

SourceOf Guest::source() const { return {shared_->module, embedded_}; }

Outcome Guest::call_host(runtime::HostCall& call) {
  const auto& import = *static_cast<const HostImport*>(call.data);
  import.import->call(import.guest, call.cells);
  if (!import.guest->wants_trap_) return Outcome::ok;
  import.guest->wants_trap_ = false;
  return call.store.raise_host(import.guest->trap_message_.c_str());
}

void Guest::ask_for_trap(const char* text) {
  trap_message_.clear();
  trap_message_.add(text);
  wants_trap_ = true;
}

Result<void> Guest::define_functions(Linker& linker) {
  if (outer_ != nullptr)
    for (const Import& import : module().imports)
      if (runtime::Extern found; outer_->find(import.module, import.name, found))
        TRY(linker.define(import.module, import.name, found));
  for (const void* const* row = embedded_.wasi; *row != nullptr; ++row)
    TRY(wasi_.define(linker, *static_cast<const wasi::FunctionRow*>(*row)));
  for (HostImport& host : host_imports_) {
    for (const Import& import : module().imports) {
      if (import.kind != ExternKind::func || import.module != host.import->module ||
          import.name != host.import->name)
        continue;
      const runtime::RuntimeType* type = shared_->module->function_type(import.index);
      TRY(linker.define_function(import.module, import.name, type->params, type->results,
                                 &call_host, &host));
      break;
    }
  }
  return {};
}

bool Guest::prepare(const GuestConfig& config, Text& why) {
  const auto refuse = [&](const Error& error) {
    why.add(embedded_.name).add(": ");
    add_error(why, error);
    return false;
  };
  auto shared = SharedModule::acquire(embedded_, config.interruptible || thread_part() != nullptr);
  if (!shared) return refuse(shared.error());
  shared_ = *shared;

  store_ = config.store;
  outer_ = config.outer;
  owns_store_ = store_ == nullptr;
  if (owns_store_) {
    auto store = Store::make(shared_->module->engine(), config.limits);
    if (!store) return refuse(store.error());
    store_ = *store;
  } else if (thread_part() != nullptr) {
    why.add(embedded_.name).add(": it makes threads, so it needs a store of its own");
    return false;
  }
  linker_.emplace(*store_);

  if (uses_wasi()) {
    wasi::WasiConfig wanted;
    wanted.args = config.args;
    wanted.env = config.env;
    wanted.preopens = config.preopens;
    if (const auto configured = wasi_.configure(wanted); !configured) {
      const Error& error = configured.error();
      if (error.code != ErrorCode::io_error) return refuse(error);
      const bool is_folder = error.offset < config.preopens.size();
      if (is_folder)
        why.add("--dir ").add(config.preopens[error.offset].host_path).add(": ");
      else
        why.add("WASI cannot be set up: ");
      why.add(platform::file_error_text(static_cast<platform::FileError>(error.a)));
      return false;
    }
  }
  for (uint64_t i = 0; i < embedded_.import_count; ++i)
    if (const auto added = host_imports_.push({this, &embedded_.imports[i]}); !added)
      return refuse(added.error());
  if (const auto defined = define_functions(*linker_); !defined) return refuse(defined.error());

  if (thread_part() == nullptr) return true;
  wasi::ThreadConfig threads;
  threads.max_threads = config.max_threads;
  threads.limits = config.limits;
  threads.provide = [](void* self, Linker& linker) {
    return static_cast<Guest*>(self)->define_functions(linker);
  };
  threads.context = this;
  Text obstacle;
  threads_ = thread_part()->make(*shared_->module, *linker_, threads, obstacle);
  if (threads_ == nullptr) why.add(embedded_.name).add(": ").add(obstacle.view());
  return threads_ != nullptr;
}

std::optional<Outcome> Guest::instantiate(Text& why) {
  Outcome outcome = Outcome::ok;
  auto made = linker_->instantiate(*shared_->module, outcome);
  if (!made) {
    const Error& error = made.error();
    why.add(embedded_.name).add(": ");
    unlinkable_ = error.code == ErrorCode::unknown_import ||
                  error.code == ErrorCode::incompatible_import_type;
    if (unlinkable_) {
      const Import& import = module().imports[error.offset];
      why.add("import ").add(import.module).add('.').add(import.name).add(": ");
    }
    add_error(why, error);
    return std::nullopt;
  }
  instance_ = *made;
  if (outcome == Outcome::ok) outcome = runtime::run_start(*instance_);
  if (outcome != Outcome::ok) return outcome;
  const Export* initialize = module().find_export("_initialize");
  if (initialize == nullptr || initialize->kind != ExternKind::func) return outcome;
  Cell none{};
  return shared_->module->function_type(initialize->index)->call_cells != 0
             ? outcome
             : call(initialize->index, &none);
}

Outcome Guest::call(FuncIndex function, Cell* cells) {
  return runtime::call(*store_, instance_->func_ref(function), cells);
}

wasi::ThreadGroup::End Guest::finish(Outcome outcome) {
  if (threads_ == nullptr) return {outcome, store_};
  const wasi::ThreadGroup::End end = thread_part()->finish(*threads_, outcome);
  return {end.outcome, end.store == nullptr ? store_ : end.store};
}

} // namespace waxwing::native
