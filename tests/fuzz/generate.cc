// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sections: what there is in a module, around the bodies that `body.cc` makes.
#include "fuzz/generate.hpp"

#include "fuzz/module_plan.hpp"

namespace waxwing::fuzz {

uint8_t Choices::byte() {
  if (at_ < bytes_.size()) return bytes_[at_++];
  return static_cast<uint8_t>(bits() >> 32);
}

uint64_t Choices::bits() {
  if (at_ < bytes_.size()) {
    uint64_t value = 0;
    for (int i = 0; i < 8 && at_ < bytes_.size(); ++i) value |= uint64_t{bytes_[at_++]} << (8 * i);
    return value;
  }
  if (state_ == 0) return 0;
  // splitmix64 (Steele, Lea, Flood 2014)
  uint64_t z = state_ += 0x9E3779B97F4A7C15u;
  z = (z ^ z >> 30) * 0xBF58476D1CE4E5B9u;
  z = (z ^ z >> 27) * 0x94D049BB133111EBu;
  return z ^ z >> 31;
}

uint32_t Choices::below(uint32_t bound) {
  if (bound <= 1) return 0;
  if (bound <= 256) return byte() % bound;
  return static_cast<uint32_t>(bits() % bound);
}

namespace {

enum SectionId : uint8_t {
  kTypeSection = 1,
  kFunctionSection = 3,
  kTableSection = 4,
  kMemorySection = 5,
  kGlobalSection = 6,
  kExportSection = 7,
  kElementSection = 9,
  kCodeSection = 10,
  kDataSection = 11,
  kDataCountSection = 12,
};

void section(Bytes& module, SectionId id, const Bytes& content) {
  module.byte(id);
  module.u32(static_cast<uint32_t>(content.data.size()));
  module.append(content);
}

void limits(Bytes& out, bool is64, uint32_t min, uint32_t max) {
  out.byte(is64 ? 0x05 : 0x01);
  out.u32(min);
  out.u32(max);
}

std::vector<Type> some_types(Choices& choices, const Plan& plan, uint32_t most) {
  std::vector<Type> types(choices.below(most + 1));
  for (Type& type : types) type = plan.any_type(choices);
  return types;
}

Plan make_plan(Choices& choices, FeatureSet features) {
  Plan plan;
  plan.features = features;
  plan.types.push_back({{}, {}}); // of the exported functions
  const uint32_t types = 2 + choices.below(4);
  for (uint32_t i = 0; i < types; ++i) {
    const uint32_t results = features.has(Feature::multi_value) ? 3 : 1;
    plan.types.push_back({some_types(choices, plan, 4), some_types(choices, plan, results)});
  }
  const uint32_t functions = 2 + choices.below(4);
  for (uint32_t i = 0; i < functions; ++i)
    plan.functions.push_back(1 + choices.below(static_cast<uint32_t>(plan.types.size()) - 1));
  plan.bodies = functions;
  for (uint32_t i = 0; i < functions; ++i) plan.functions.push_back(0);
  plan.functions.push_back(0); // dump

  const uint32_t memories = features.has(Feature::multi_memory) ? 1 + choices.below(3) : 1;
  for (uint32_t i = 0; i < memories; ++i)
    plan.memories.push_back({.is64 = features.has(Feature::memory64) && choices.one_in(4),
                             .pages = 1 + choices.below(2)});
  plan.tables = features.has(Feature::reference_types) ? 2 : 1;
  plan.globals = {Type::i64, Type::i32}; // the hash, the counter
  const uint32_t globals = 1 + choices.below(6);
  for (uint32_t i = 0; i < globals; ++i) plan.globals.push_back(plan.any_type(choices));
  plan.data_segments = features.has(Feature::bulk_memory) ? 2 : 0;
  plan.element_segments = features.has(Feature::bulk_memory) ? 1 : 0;
  return plan;
}

} // namespace

std::vector<uint8_t> generate(Choices& choices, FeatureSet features) {
  const Plan plan = make_plan(choices, features);
  Bytes module;
  module.raw(0x000000016D736100u, 8); // magic and version

  Bytes types;
  types.u32(static_cast<uint32_t>(plan.types.size()));
  for (const FunctionType& type : plan.types) {
    types.byte(0x60);
    types.types(type.params);
    types.types(type.results);
  }
  section(module, kTypeSection, types);

  Bytes functions;
  functions.u32(static_cast<uint32_t>(plan.functions.size()));
  for (const uint32_t type : plan.functions) functions.u32(type);
  section(module, kFunctionSection, functions);

  Bytes tables;
  tables.u32(plan.tables);
  for (uint32_t i = 0; i < plan.tables; ++i) {
    tables.byte(type_code(Type::funcref));
    limits(tables, false, Plan::kTableSize, Plan::kTableSize + 4);
  }
  section(module, kTableSection, tables);

  Bytes memories;
  memories.u32(static_cast<uint32_t>(plan.memories.size()));
  for (const Plan::Memory& memory : plan.memories)
    limits(memories, memory.is64, memory.pages, Plan::kMaxPages);
  section(module, kMemorySection, memories);

  Bytes globals;
  globals.u32(static_cast<uint32_t>(plan.globals.size()));
  for (size_t i = 0; i < plan.globals.size(); ++i) {
    globals.byte(type_code(plan.globals[i]));
    globals.byte(1);
    constant(globals, choices, plan.globals[i]);
    globals.byte(0x0B);
  }
  section(module, kGlobalSection, globals);

  Bytes exports;
  exports.u32(plan.bodies + 2 + static_cast<uint32_t>(plan.memories.size()));
  for (uint32_t i = 0; i < plan.bodies; ++i) exports.named('f', i, 0x00, plan.bodies + i);
  exports.name("dump");
  exports.byte(0x00);
  exports.u32(2 * plan.bodies);
  exports.name("hash");
  exports.byte(0x03);
  exports.u32(Plan::kHash);
  for (uint32_t i = 0; i < plan.memories.size(); ++i) exports.named('m', i, 0x02, i);
  section(module, kExportSection, exports);

  // The first table has functions from its second element on; a passive segment has all of them.
  Bytes elements;
  elements.u32(1 + plan.element_segments);
  elements.u32(0);
  elements.i32_const(1);
  elements.byte(0x0B);
  elements.u32(plan.bodies);
  for (uint32_t i = 0; i < plan.bodies; ++i) elements.u32(i);
  for (uint32_t segment = 0; segment < plan.element_segments; ++segment) {
    elements.u32(1);
    elements.byte(0x00);
    elements.u32(plan.bodies);
    for (uint32_t i = 0; i < plan.bodies; ++i) elements.u32(i);
  }
  section(module, kElementSection, elements);

  if (plan.data_segments != 0) {
    Bytes count;
    count.u32(plan.data_segments + 1);
    section(module, kDataCountSection, count);
  }

  Bytes code;
  code.u32(static_cast<uint32_t>(plan.functions.size()));
  for (uint32_t i = 0; i < plan.functions.size(); ++i) {
    const Bytes body = i < plan.bodies       ? make_body(choices, plan, i)
                       : i < 2 * plan.bodies ? make_exported(choices, plan, i - plan.bodies)
                                             : make_dump(plan);
    code.u32(static_cast<uint32_t>(body.data.size()));
    code.append(body);
  }
  section(module, kCodeSection, code);

  Bytes data;
  data.u32(plan.data_segments + 1);
  data.u32(0);
  if (plan.memories[0].is64) {
    data.byte(0x42);
    data.s64(choices.below(512));
  } else {
    data.i32_const(static_cast<int32_t>(choices.below(512)));
  }
  data.byte(0x0B);
  for (uint32_t i = 0; i <= plan.data_segments; ++i) {
    if (i != 0) data.byte(0x01);
    const uint32_t size = choices.below(40);
    data.u32(size);
    for (uint32_t at = 0; at < size; ++at) data.byte(choices.byte());
  }
  section(module, kDataSection, data);
  return std::move(module.data);
}

} // namespace waxwing::fuzz
