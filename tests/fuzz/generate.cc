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
  kTagSection = 13,
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

Field some_field(Choices& choices, const Plan& plan) {
  Field field{plan.any_type(choices), Packed::no, !choices.one_in(4)};
  if (field.type == Type::i32 && choices.one_in(2))
    field.packed = choices.one_in(2) ? Packed::i8 : Packed::i16;
  return field;
}

/// A first structure that everything of type `object` is a subtype of, its subtypes, and arrays.
void plan_aggregates(Choices& choices, Plan& plan) {
  const uint32_t count = 3 + choices.below(5);
  for (uint32_t i = 0; i < count; ++i) {
    Aggregate aggregate{
        .is_array = i != 0 && choices.one_in(3), .super = Aggregate::kNone, .fields = {}};
    if (aggregate.is_array) {
      aggregate.fields.push_back(some_field(choices, plan));
    } else {
      const uint32_t super = choices.below(i + 1);
      if (super < i && !plan.aggregates[super].is_array) {
        aggregate.super = super;
        aggregate.fields = plan.aggregates[super].fields;
      }
      const uint32_t fields = choices.below(4) + (i == 0 ? 1 : 0);
      for (uint32_t at = 0; at < fields; ++at)
        aggregate.fields.push_back(some_field(choices, plan));
    }
    plan.aggregates.push_back(std::move(aggregate));
  }
}

void plan_tags(Choices& choices, Plan& plan) {
  const auto add = [&](std::vector<Type> params, std::vector<Type> results) {
    plan.types.push_back({std::move(params), std::move(results)});
    return static_cast<uint32_t>(plan.types.size()) - 1;
  };
  const uint32_t count = 1 + choices.below(3);
  for (uint32_t i = 0; i < count; ++i) {
    const std::vector<Type> params = some_types(choices, plan, 3);
    std::vector<Type> with_reference = params;
    with_reference.push_back(Type::exnref);
    Tag tag{};
    tag.type = add(params, {});
    tag.caught = add({}, params);
    tag.caught_with_reference = add({}, with_reference);
    plan.tags.push_back(tag);
  }
}

Plan make_plan(Choices& choices, FeatureSet features) {
  Plan plan;
  plan.features = features;
  if (features.has(Feature::gc)) plan_aggregates(choices, plan);
  plan.types.push_back({{}, {}}); // of the exported functions
  const uint32_t types = 2 + choices.below(4);
  for (uint32_t i = 0; i < types; ++i) {
    const uint32_t results = features.has(Feature::multi_value) ? 3 : 1;
    plan.types.push_back({some_types(choices, plan, 4), some_types(choices, plan, results)});
  }
  plan.free_types = static_cast<uint32_t>(plan.types.size());
  if (features.has(Feature::exceptions)) plan_tags(choices, plan);
  const uint32_t functions = 2 + choices.below(4);
  for (uint32_t i = 0; i < functions; ++i)
    plan.functions.push_back(1 + choices.below(plan.free_types - 1));
  plan.bodies = functions;
  for (uint32_t i = 0; i < functions; ++i) plan.functions.push_back(0);
  plan.functions.push_back(0); // dump
  if (!plan.aggregates.empty()) {
    plan.functions.push_back(static_cast<uint32_t>(plan.types.size()));
    plan.types.push_back({{Type::anyref}, {}});
  }

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

void field_type(Bytes& out, const Field& field) {
  switch (field.packed) {
  case Packed::no: out.type(field.type); break;
  case Packed::i8: out.byte(0x78); break;
  case Packed::i16: out.byte(0x77); break;
  }
  out.byte(field.is_mutable ? 1 : 0);
}

/// One recursive group, since a field may refer to type 0, and the function types.
Bytes type_section(const Plan& plan) {
  Bytes out;
  const bool group = !plan.aggregates.empty();
  out.u32(static_cast<uint32_t>(plan.types.size()) + (group ? 1 : 0));
  if (group) {
    out.byte(0x4E);
    out.u32(static_cast<uint32_t>(plan.aggregates.size()));
  }
  for (const Aggregate& aggregate : plan.aggregates) {
    out.byte(0x50); // open to subtypes
    out.u32(aggregate.super != Aggregate::kNone ? 1 : 0);
    if (aggregate.super != Aggregate::kNone) out.u32(aggregate.super);
    out.byte(aggregate.is_array ? 0x5E : 0x5F);
    if (!aggregate.is_array) out.u32(static_cast<uint32_t>(aggregate.fields.size()));
    for (const Field& field : aggregate.fields) field_type(out, field);
  }
  for (const FunctionType& type : plan.types) {
    out.byte(0x60);
    out.types(type.params);
    out.types(type.results);
  }
  return out;
}

} // namespace

std::vector<uint8_t> generate(Choices& choices, FeatureSet features) {
  const Plan plan = make_plan(choices, features);
  Bytes module;
  module.raw(0x000000016D736100u, 8); // magic and version

  section(module, kTypeSection, type_section(plan));

  Bytes functions;
  functions.u32(static_cast<uint32_t>(plan.functions.size()));
  for (const uint32_t type : plan.functions) functions.u32(plan.type_index(type));
  section(module, kFunctionSection, functions);

  Bytes tables;
  tables.u32(plan.tables);
  for (uint32_t i = 0; i < plan.tables; ++i) {
    tables.type(Type::funcref);
    limits(tables, false, Plan::kTableSize, Plan::kTableSize + 4);
  }
  section(module, kTableSection, tables);

  Bytes memories;
  memories.u32(static_cast<uint32_t>(plan.memories.size()));
  for (const Plan::Memory& memory : plan.memories)
    limits(memories, memory.is64, memory.pages, Plan::kMaxPages);
  section(module, kMemorySection, memories);

  if (!plan.tags.empty()) {
    Bytes tags;
    tags.u32(static_cast<uint32_t>(plan.tags.size()));
    for (const Tag& tag : plan.tags) {
      tags.byte(0);
      tags.u32(plan.type_index(tag.type));
    }
    section(module, kTagSection, tags);
  }

  Bytes globals;
  globals.u32(static_cast<uint32_t>(plan.globals.size()));
  for (size_t i = 0; i < plan.globals.size(); ++i) {
    globals.type(plan.globals[i]);
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
  exports.u32(plan.dump());
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
    const Bytes body = i < plan.bodies    ? make_body(choices, plan, i)
                       : i < plan.dump()  ? make_exported(choices, plan, i - plan.bodies)
                       : i == plan.dump() ? make_dump(plan)
                                          : make_show(plan);
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
