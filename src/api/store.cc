// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>

#include "api/convert.hpp"

namespace waxwing::inline v0 {

using impl::StoreState;

runtime::StoreLimits impl::core_limits(const Limits& limits) {
  runtime::StoreLimits out;
  out.memory_bytes = limits.memory_bytes.value_or(runtime::kUnlimited);
  out.table_elements = limits.table_elements;
  out.instances = limits.instances;
  out.stack_bytes = limits.stack_bytes;
  out.fuel = limits.fuel.value_or(runtime::kUnlimited);
  out.gc_heap_bytes = limits.gc_heap_bytes;
  out.gc_stress = limits.gc_stress;
  return out;
}

namespace {

uint64_t nanoseconds(std::chrono::nanoseconds time) {
  return static_cast<uint64_t>(std::max<std::chrono::nanoseconds::rep>(time.count(), 0));
}

// A reference to an object of the host is an object of the heap, which holds the number of the
// entry and how often the number was used before. Words of 32 bits have no room for the second, so
// numbers are used once there.
constexpr bool kHasGenerations = sizeof(uintptr_t) == 8;
constexpr unsigned kGenerationShift = 32;
constexpr size_t kMaxObjects = size_t{1} << 30;

void* data_of(uint32_t index, uint32_t generation) {
  uint64_t word = index;
  if (kHasGenerations) word |= static_cast<uint64_t>(generation) << kGenerationShift;
  return reinterpret_cast<void*>(static_cast<uintptr_t>(word));
}

/// The entry that a reference stands for, or null. The word may be anything.
StoreState::Object* find(StoreState& state, ExternRef reference) {
  const auto word = static_cast<uintptr_t>(reference.word());
  if (word == 0 || word != reference.word()) return nullptr;
  const runtime::Object* object = state.store->heap().find(word);
  if (runtime::ref_of(object) != word || object->type != &runtime::kHostType) return nullptr;
  const void* data = static_cast<const runtime::HostObject*>(object)->data;
  const size_t index = static_cast<uint32_t>(reinterpret_cast<uintptr_t>(data));
  if (index >= state.objects.size()) return nullptr;
  StoreState::Object& entry = state.objects[index];
  if (entry.object == nullptr) return nullptr;
  return data_of(static_cast<uint32_t>(index), entry.generation) == data ? &entry : nullptr;
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
  auto made = runtime::Store::make(state->engine->engine, impl::core_limits(limits));
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

void Store::set_trace_style(const TraceStyle& style) { state_->trace_style = style; }

void Store::collect() { state_->store->heap().collect(); }

HeapUsage Store::heap_usage() const {
  const runtime::Heap& heap = state_->store->heap();
  return {.used_bytes = heap.used_bytes(), .largest_bytes = heap.largest_bytes()};
}

void Store::on_collection(std::function<void(const Collection&)> observer) {
  StoreState& state = *state_;
  state.collection_observer = std::move(observer);
  if (!state.collection_observer) return state.store->heap().observe(nullptr, nullptr);
  state.store->heap().observe(
      [](void* context, const runtime::Collection& from) {
        static_cast<StoreState*>(context)->collection_observer(
            {.pause = std::chrono::nanoseconds(from.pause),
             .live_bytes = from.live_bytes,
             .used_bytes = from.used_bytes});
      },
      &state);
}

Result<void> Store::end_threads(Result<void> first) {
  if (state_->threads == nullptr) return first;
  return state_->threads->end(std::move(first));
}

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
  runtime::Heap& heap = state.store->heap();
  const runtime::HostObject* stands_for = heap.new_host(data_of(index, entry.generation));
  if (stands_for == nullptr) {
    if (kHasGenerations) state.free_objects.push_back(index);
    throw std::bad_alloc();
  }
  entry.root = std::make_unique<impl::Root>(heap, runtime::ref_of(stands_for));
  entry.object = std::move(object);
  entry.type = type;
  return ExternRef(entry.root->get());
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
  entry->root = nullptr;
  // After 2^32 uses the number is given up.
  if (++entry->generation != 0)
    state_->free_objects.push_back(static_cast<uint32_t>(entry - state_->objects.data()));
}

namespace impl {

Store StoreState::handle(std::unique_ptr<StoreState> state) {
  return Store(std::unique_ptr<StoreState, Store::Ending>(state.release()));
}

StoreState::~StoreState() {
  threads = nullptr;
  engine->timekeeper.forget(*control);
  objects.clear();
  inner_exception = nullptr;
  if (store != nullptr && !is_joined) runtime::Store::destroy(store);
}

} // namespace impl
} // namespace waxwing::inline v0
