// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/keep_apart.hpp"

#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/IR/Instructions.h>
#include <llvm/IR/IntrinsicInst.h>
#include <map>
#include <set>
#include <tuple>

namespace waxwing::compile {

namespace {

/// Of a merged call, how many it may have been for each of them to be kept for itself. Larger
/// groups are few, and cost a call each: two or three find 99% of the offsets at a third of the
/// text.
constexpr size_t kMostCandidates = 3;

/// A call of the source: its offset, and the functions that were inlined with the offsets of their
/// calls.
using Place = std::pair<uint32_t, std::vector<std::pair<FuncIndex, uint32_t>>>;

std::optional<Place> place_of(const llvm::CallBase& call) {
  const llvm::DILocation* at = call.getDebugLoc().get();
  if (at == nullptr || at->getLine() == 0) return std::nullopt;
  Place place{at->getLine(), {}};
  for (; at->getInlinedAt() != nullptr; at = at->getInlinedAt())
    place.second.emplace_back(at->getScope()->getSubprogram()->getLine(),
                              at->getInlinedAt()->getLine());
  return place;
}

Place place_of(const Site& site, const CodeFacts& code) {
  Place place{site.offset, {}};
  for (uint32_t chain = site.chain; chain != 0; chain = code.chains[chain - 1].parent)
    place.second.emplace_back(code.chains[chain - 1].function, code.chains[chain - 1].call);
  return place;
}

/// Calls of one function by another, which are what can be merged.
struct Group {
  size_t merged = 0;
  std::set<Place> found;
  std::vector<std::pair<Place, llvm::CallBase*>> calls;
};

} // namespace

void let_calls_merge(llvm::Module& ir) {
  for (llvm::Function& function : ir)
    for (llvm::BasicBlock& block : function)
      for (llvm::Instruction& at : block) {
        auto* const call = llvm::dyn_cast<llvm::CallBase>(&at);
        // Traps say which ones they are.
        if (call != nullptr && !call->doesNotReturn()) call->removeFnAttr(llvm::Attribute::NoMerge);
      }
}

bool keep_calls_apart(llvm::Module& ir, const CodeFacts& merged) {
  std::map<std::pair<std::string, std::string>, Group> groups;
  for (const FunctionFacts& facts : merged.functions)
    for (size_t i = 0; i < facts.sites.size(); ++i) {
      const Site& site = facts.sites[i];
      if (site.kind != image::SiteKind::call) continue;
      Group& group = groups[{facts.name, facts.callees[i]}];
      if (site.is_exact)
        group.found.insert(place_of(site, merged));
      else
        ++group.merged;
    }
  for (llvm::Function& function : ir)
    for (llvm::BasicBlock& block : function)
      for (llvm::Instruction& at : block) {
        auto* const call = llvm::dyn_cast<llvm::CallBase>(&at);
        if (call == nullptr || llvm::isa<llvm::IntrinsicInst>(call)) continue;
        const llvm::Function* const callee = call->getCalledFunction();
        const auto group = groups.find(
            {function.getName().str(), callee == nullptr ? "" : callee->getName().str()});
        if (group == groups.end() || group->second.merged == 0) continue;
        if (auto place = place_of(*call)) group->second.calls.emplace_back(std::move(*place), call);
      }
  bool any = false;
  for (auto& [key, group] : groups) {
    std::erase_if(group.calls, [&](const auto& call) { return group.found.contains(call.first); });
    if (group.calls.empty() || group.calls.size() > kMostCandidates * group.merged) continue;
    for (const auto& [place, call] : group.calls) {
      call->addFnAttr(llvm::Attribute::NoMerge);
      any = true;
    }
  }
  return any;
}

} // namespace waxwing::compile
