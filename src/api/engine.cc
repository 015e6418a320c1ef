// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include <algorithm>

#include "api/state.hpp"

namespace waxwing::inline v0 {

namespace {

struct FeatureRow {
  std::string_view name;
  core::Feature feature;
};
constexpr FeatureRow kRows[] = {
#define WAX_FEATURE(name, text, since, default_on) {text, core::Feature::name},
#include "wasm/feature.def"
#undef WAX_FEATURE
};

/// The bit of a feature; 0 where there is none of that name.
uint64_t bit_of(std::string_view name) {
  const auto* row = std::ranges::find(kRows, name, &FeatureRow::name);
  return row == std::end(kRows) ? 0 : uint64_t{1} << static_cast<unsigned>(row->feature);
}

core::Allocator core_allocator(const Allocator& given) {
  return given.resize == nullptr ? platform::default_allocator()
                                 : core::Allocator{given.resize, given.context};
}

runtime::EngineConfig core_config(const Config& config) {
  runtime::EngineConfig out;
  out.features = impl::EngineState::features(config.features);
  out.metering = config.metering;
  out.polling = config.signals == Signals::off;
  out.deterministic = config.deterministic;
  if (config.validation == Validation::lazy)
    out.lazy_validation_bytes = std::max(config.eager_up_to, uint32_t{1});
  return out;
}

} // namespace

Features::Features() : bits_(core::FeatureSet::defaults().bits()) {}

Features Features::version(unsigned number) {
  Features set;
  set.bits_ = core::FeatureSet::version(number).bits();
  return set;
}

Features Features::all() {
  Features set;
  for (const FeatureRow& row : kRows) set.enable(row.name);
  return set;
}

std::vector<std::string_view> Features::names() {
  std::vector<std::string_view> out;
  for (const FeatureRow& row : kRows) out.push_back(row.name);
  return out;
}

bool Features::enable(std::string_view name) {
  const uint64_t bit = bit_of(name);
  bits_ |= bit;
  return bit != 0;
}

bool Features::disable(std::string_view name) {
  const uint64_t bit = bit_of(name);
  bits_ &= ~bit;
  return bit != 0;
}

bool Features::has(std::string_view name) const { return (bits_ & bit_of(name)) != 0; }

Engine::Engine(const Config& config) : state_(std::make_shared<impl::EngineState>(config)) {}
Engine::Engine(std::shared_ptr<impl::EngineState> state) : state_(std::move(state)) {}
Engine::~Engine() = default;
Engine::Engine(const Engine&) = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(const Engine&) = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

const Config& Engine::config() const { return state_->config; }

std::string_view version() { return WAXWING_VERSION; }

namespace impl {

EngineState::EngineState(const Config& given)
    : config(given), engine(core_allocator(given.allocator), core_config(given), interp::backend()),
      timekeeper(given.signals == Signals::on) {}

Engine EngineState::handle(std::shared_ptr<EngineState> state) { return Engine(std::move(state)); }

core::FeatureSet EngineState::features(const Features& features) {
  core::FeatureSet set;
  for (const FeatureRow& row : kRows)
    if (features.has(row.name)) set.add(row.feature);
  return set;
}

} // namespace impl
} // namespace waxwing::inline v0
