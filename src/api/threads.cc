// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Threads of guests: what a new one is linked with, and how the program ends.
#include <map>
#include <mutex>
#include <utility>

#include "api/convert.hpp"
#include "api/linker.hpp"

namespace waxwing::inline v0 {

namespace {

using impl::ModuleState;
using impl::StoreState;
using runtime::Outcome;

class GuestThreads : public impl::Threads {
 public:
  GuestThreads(StoreState& first, const std::shared_ptr<ModuleState>& module, ThreadConfig config)
      : first_(first), config_(std::move(config)), modules_(first.modules),
        shared_functions_(first.shared_functions), group_(first.engine->engine, core_config()) {
    modules_.push_back(module);
  }

  [[nodiscard]] std::expected<void, core::Error> define(runtime::Linker& linker) {
    return group_.define(linker, *modules_.back()->loaded);
  }

  Result<void> end(Result<void> first) override {
    if (std::exchange(ended_, true)) return first;
    Outcome outcome = Outcome::ok;
    if (!first)
      outcome = first.error().kind == ErrorKind::exception ? Outcome::exception : Outcome::trap;
    const wasi::ThreadGroup::End ended = group_.finish(outcome);
    ended_in_ = ended.store;
    if (ended.store == nullptr || ended.store == first_.store) return first;
    const std::lock_guard guard(mutex_);
    return std::unexpected(stores_.at(ended.store).state()->failure(ended.outcome));
  }

  [[nodiscard]] runtime::Store* ended_in() const override { return ended_in_; }

 private:
  [[nodiscard]] wasi::ThreadConfig core_config() {
    wasi::ThreadConfig out;
    out.max_threads = config_.max_threads;
    out.limits = impl::core_limits(first_.limits);
    out.provide = [](void* self, runtime::Linker& linker) {
      return static_cast<GuestThreads*>(self)->provide(linker);
    };
    out.forget = [](void* self, runtime::Store& store) {
      static_cast<GuestThreads*>(self)->forget(store);
    };
    out.context = this;
    return out;
  }

  /// Links the store of a new thread as the first one was.
  [[nodiscard]] std::expected<void, core::Error> provide(runtime::Linker& linker) {
    for (const auto& define_shared : shared_functions_)
      if (auto defined = define_shared(linker); !defined) return defined;
    Store& store = join(linker.store());
    if (!config_.link) return {};
    Linker borrowed = store.state()->borrow(linker);
    if (Result<void> linked = config_.link(borrowed); !linked)
      return waxwing::fail(core::ErrorCode::limit_exceeded);
    return {};
  }

  /// The interface's side of a thread's store.
  Store& join(runtime::Store& store) {
    auto state = std::make_unique<StoreState>(first_.engine, first_.limits);
    state->store = &store;
    state->is_joined = true;
    state->modules = modules_;
    const std::lock_guard guard(mutex_);
    return stores_.try_emplace(&store, StoreState::handle(std::move(state))).first->second;
  }

  void forget(runtime::Store& store) {
    const std::lock_guard guard(mutex_);
    stores_.erase(&store);
  }

  StoreState& first_;
  ThreadConfig config_;
  bool ended_ = false;
  runtime::Store* ended_in_ = nullptr;
  // As they were when the first thread began: it may add to its own while others run.
  std::vector<std::shared_ptr<ModuleState>> modules_;
  std::vector<std::function<std::expected<void, core::Error>(runtime::Linker&)>> shared_functions_;
  std::mutex mutex_;
  /// Of the threads that have not ended, and of one that ended the program.
  std::map<runtime::Store*, Store> stores_;
  wasi::ThreadGroup group_;
};

} // namespace

bool Module::wants_threads() const { return wasi::ThreadGroup::is_wanted_by(state_->module()); }

Result<void> Linker::threads(const Module& module, ThreadConfig config) {
  StoreState& store = *state_->store;
  const std::shared_ptr<ModuleState>& of_module = ModuleState::of(module);
  if (!module.wants_threads()) return {};
  if (store.is_joined) return {};
  if (store.threads != nullptr)
    return impl::refuse(ErrorKind::usage, "the store has a guest with threads already");
  if (const char* obstacle = wasi::ThreadGroup::obstacle(*of_module->loaded))
    return impl::refuse(ErrorKind::usage,
                        std::string(of_module->name) +
                            ": it imports wasi.thread-spawn to make threads, but " + obstacle);
  auto threads = std::make_unique<GuestThreads>(store, of_module, std::move(config));
  auto defined = threads->define(state_->linker);
  store.threads = std::move(threads);
  if (defined) return {};
  const bool limited = defined.error().code == core::ErrorCode::memory_limit;
  return std::unexpected(impl::make_error(
      defined.error().code, std::string(of_module->name) +
                                (limited ? ": the memory that it imports is larger than the limit"
                                         : ": there is not enough memory for the one that it "
                                           "imports")));
}

} // namespace waxwing::inline v0
