// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

using impl::StoreState;

namespace {

runtime::StoreLimits core_limits(const Limits& limits) {
  runtime::StoreLimits out;
  out.memory_bytes = limits.memory_bytes.value_or(runtime::kUnlimited);
  out.table_elements = limits.table_elements;
  out.instances = limits.instances;
  out.stack_bytes = limits.stack_bytes;
  out.fuel = limits.fuel.value_or(runtime::kUnlimited);
  return out;
}

uint64_t nanoseconds(std::chrono::nanoseconds time) {
  return static_cast<uint64_t>(std::max<std::chrono::nanoseconds::rep>(time.count(), 0));
}

// A reference to an object of the host: its number, how often the number was used before, and the
// mark by which it is neither null, nor an i31, nor the address of an object. Words of 32 bits have
// no room for the second, so numbers are used once there.
constexpr bool kHasGenerations = sizeof(uintptr_t) == 8;
constexpr uint64_t kMark = 2;
constexpr unsigned kMarkBits = 2;
constexpr unsigned kGenerationShift = 32;
constexpr size_t kMaxObjects = size_t{1} << 30;

uint64_t word_of(uint32_t index, uint32_t generation) {
  const uint64_t low = static_cast<uint64_t>(index) << kMarkBits | kMark;
  return kHasGenerations ? low | static_cast<uint64_t>(generation) << kGenerationShift : low;
}

/// The entry that a reference stands for, or null.
StoreState::Object* find(StoreState& state, ExternRef reference) {
  const uint64_t word = reference.word();
  if ((word & ((1U << kMarkBits) - 1)) != kMark) return nullptr;
  const size_t index = static_cast<uint32_t>(word) >> kMarkBits;
  if (index >= state.objects.size()) return nullptr;
  StoreState::Object& entry = state.objects[index];
  if (entry.object == nullptr) return nullptr;
  return word_of(static_cast<uint32_t>(index), entry.generation) == word ? &entry : nullptr;
}

} // namespace

Interrupter::Interrupter(std::shared_ptr<impl::StoreControl> control)
    : control_(std::move(control)) {}

void Interrupter::interrupt() const {
  if (const std::shared_ptr<impl::EngineState> engine = control_->engine.lock(); engine != nullptr)
    engine->timekeeper.interrupt(control_);
}

Store::Store(std::unique_ptr<StoreState, Ending> state) : state_(std::move(state)) {
  state_->self = this;
}
Store::~Store() = default;
Store::Store(Store&& other) noexcept : state_(std::move(other.state_)) {
  if (state_ != nullptr) state_->self = this;
}
Store& Store::operator=(Store&& other) noexcept {
  state_ = std::move(other.state_);
  if (state_ != nullptr) state_->self = this;
  return *this;
}

void Store::Ending::operator()(StoreState* state) const { delete state; }

Result<Store> Store::make(const Engine& engine, const Limits& limits) {
  std::unique_ptr<StoreState, Ending> state(new StoreState(impl::EngineState::of(engine), limits));
  auto made = runtime::Store::make(state->engine->engine, core_limits(limits));
  if (!made) return impl::refuse(made.error());
  state->store = *made;
  state->control->store = *made;
  state->control->engine = state->engine;
  Store store(std::move(state));
  if (limits.timeout)
    if (Result<void> set = store.set_timeout(*limits.timeout); !set)
      return std::unexpected(std::move(set.error()));
  return store;
}

const Engine& Store::engine() const { return state_->engine_handle; }
const Limits& Store::limits() const { return state_->limits; }

std::optional<uint64_t> Store::fuel() const {
  if (!state_->engine->config.metering) return std::nullopt;
  const int64_t left = state_->store->fuel;
  return left < 0 ? 0 : static_cast<uint64_t>(left);
}

void Store::set_fuel(uint64_t units) {
  state_->store->fuel = static_cast<int64_t>(std::min(units, static_cast<uint64_t>(INT64_MAX)));
}

Result<void> Store::set_timeout(std::chrono::nanoseconds time) {
  if (!state_->engine->timekeeper.set_timeout(state_->control, nanoseconds(time)))
    return impl::refuse(core::Error{.code = core::ErrorCode::thread_limit});
  return {};
}

void Store::clear_timeout() { state_->engine->timekeeper.clear_timeout(*state_->control); }

Interrupter Store::interrupter() const { return Interrupter(state_->control); }

ExternRef Store::add_object(std::shared_ptr<void> object, const void* type) {
  StoreState& state = *state_;
  if (object == nullptr) return {};
  uint32_t index = 0;
  if (kHasGenerations && !state.free_objects.empty()) {
    index = state.free_objects.back();
    state.free_objects.pop_back();
  } else {
    if (state.objects.size() >= kMaxObjects) throw std::bad_alloc();
    index = static_cast<uint32_t>(state.objects.size());
    state.objects.emplace_back();
  }
  StoreState::Object& entry = state.objects[index];
  entry.object = std::move(object);
  entry.type = type;
  return ExternRef(word_of(index, entry.generation));
}

void* Store::object(ExternRef reference, const void* type) const {
  const StoreState::Object* entry = find(*state_, reference);
  return entry != nullptr && entry->type == type ? entry->object.get() : nullptr;
}

void Store::release(ExternRef reference) {
  StoreState::Object* entry = find(*state_, reference);
  if (entry == nullptr) return;
  // Its end may come back to the store.
  const std::shared_ptr<void> ending = std::move(entry->object);
  entry->object = nullptr;
  // After 2^32 uses the number is given up.
  if (++entry->generation != 0)
    state_->free_objects.push_back(static_cast<uint32_t>(entry - state_->objects.data()));
}

namespace impl {

StoreState::~StoreState() {
  engine->timekeeper.forget(*control);
  if (store != nullptr) runtime::Store::destroy(store);
}

} // namespace impl
} // namespace waxwing::inline v0
