// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/module_facts.hpp"

#include <algorithm>
#include <functional>
#include <map>

#include "base/reader.hpp"
#include "platform/memory.hpp"
#include "wasm/instruction.hpp"
#include "wasm/names.hpp"

namespace waxwing::tool {

namespace {

constexpr Feature kAll[] = {
#define WAX_FEATURE(name, text, since, default_on) Feature::name,
#include "wasm/feature.def"
#undef WAX_FEATURE
};

FeatureSet all_features() {
  FeatureSet set;
  for (Feature f : kAll) set.add(f);
  return set;
}

std::string_view section_name(uint8_t id) {
  constexpr std::string_view kNames[] = {"custom", "type",   "import",     "function", "table",
                                         "memory", "global", "export",     "start",    "elem",
                                         "code",   "data",   "data count", "tag"};
  return id < std::size(kNames) ? kNames[id] : "?";
}

Result<void> check(std::span<const uint8_t> bytes, FeatureSet features, bool has_no_code) {
  Module module(platform::default_allocator());
  module.has_no_code = has_no_code;
  TRY(decode(bytes, features, module));
  return has_no_code ? validate_declarations(module) : validate(module);
}

/// Adds the features of every operator in the bodies, which spares most trials below.
void add_operators(const Module& module, FeatureSet& needed) {
  for (const Function& function : module.functions) {
    if (function.body.size == 0) continue;
    ByteReader reader(module.slice(function.body), function.body.offset);
    auto groups = reader.leb_u32();
    if (!groups) return;
    for (uint32_t i = 0; i < *groups; ++i)
      if (!reader.leb_u32() || !read_val_type(reader, module.features)) return;
    Instruction instruction;
    while (!reader.at_end() && read_instruction(reader, module.features, instruction))
      needed.add(info(instruction.op).feature);
  }
}

} // namespace

std::vector<SectionFact> list_sections(std::span<const uint8_t> bytes) {
  std::vector<SectionFact> sections;
  ByteReader reader(bytes);
  if (!reader.bytes(8)) return sections;
  while (!reader.at_end()) {
    const auto id = reader.u8();
    const auto size = reader.leb_u32();
    if (!id || !size) break;
    const uint32_t offset = reader.offset();
    const auto payload = reader.bytes(*size);
    if (!payload) break;
    SectionFact fact{*id, section_name(*id), offset, *size, false, 0};
    ByteReader inside(*payload, offset);
    const auto first = inside.leb_u32();
    if (*id == 0) {
      const auto name = first ? inside.bytes(*first) : Result<std::span<const uint8_t>>();
      if (name) fact.name = {reinterpret_cast<const char*>(name->data()), name->size()};
    } else if (first && *id != 8) { // the start section holds an index
      fact.has_count = true;
      fact.count = *first;
    }
    sections.push_back(fact);
  }
  return sections;
}

std::vector<FunctionFact> list_functions(const Module& module) {
  std::vector<FunctionFact> functions;
  std::map<FuncIndex, std::string_view> exported;
  for (const Export& e : module.exports)
    if (e.kind == ExternKind::func) exported.try_emplace(e.index, e.name);
  ModuleNames names(module);
  for (FuncIndex i = module.imported_functions; i < module.functions.size(); ++i) {
    const ByteRange body = module.functions[i].body;
    std::string_view name = names.function(i);
    const auto found = exported.find(i);
    if (name.empty() && found != exported.end()) name = found->second;
    functions.push_back({i, std::string(name), body.offset, body.size});
  }
  std::ranges::sort(functions, std::greater(),
                    [](const FunctionFact& f) { return std::pair(f.size, f.index); });
  return functions;
}

std::expected<FeatureSet, Error> needed_features(std::span<const uint8_t> bytes, bool has_no_code) {
  const FeatureSet all = all_features();
  FeatureSet needed;
  needed.add(Feature::mvp);
  {
    Module module(platform::default_allocator());
    module.has_no_code = has_no_code;
    if (auto decoded = decode(bytes, all, module); !decoded)
      return std::unexpected(decoded.error());
    add_operators(module, needed);
  }
  // Types and immediates need something too. An error names the feature that is missing, or else
  // the one is looked for that gets further.
  FeatureSet guessed;
  for (;;) {
    const auto valid = check(bytes, needed, has_no_code);
    if (valid) break;
    const Error error = valid.error();
    const auto named = static_cast<Feature>(error.a);
    if (error.code == ErrorCode::feature_disabled && !needed.has(named)) {
      needed.add(named);
      continue;
    }
    bool further = false;
    for (Feature f : kAll) {
      if (needed.has(f)) continue;
      FeatureSet more = needed;
      more.add(f);
      const auto again = check(bytes, more, has_no_code);
      further = again || again.error() != error;
      if (!further) continue;
      needed = more;
      guessed.add(f);
      break;
    }
    if (further) continue;
    if (auto with_all = check(bytes, all, has_no_code); !with_all)
      return std::unexpected(with_all.error());
    return all;
  }
  for (Feature f : kAll) {
    if (!guessed.has(f)) continue;
    FeatureSet less = needed;
    less.remove(f);
    if (check(bytes, less, has_no_code)) needed = less;
  }
  return needed;
}

} // namespace waxwing::tool
