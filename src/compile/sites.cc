// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/sites.hpp"

#include <algorithm>
#include <cstring>
#include <llvm/CodeGen/MachineBasicBlock.h>
#include <llvm/CodeGen/MachineFrameInfo.h>
#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/MachineInstr.h>
#include <llvm/CodeGen/TargetFrameLowering.h>
#include <llvm/CodeGen/TargetInstrInfo.h>
#include <llvm/CodeGen/TargetRegisterInfo.h>
#include <llvm/CodeGen/TargetSubtargetInfo.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/DebugInfoMetadata.h>
#include <llvm/MC/MCContext.h>
#include <llvm/MC/MCDwarf.h>
#include <llvm/MC/MCSymbol.h>
#include <map>

#include "compile/frames.hpp"
#include "compile/function_lowering.hpp"
#include "compile/module_lowering.hpp"

namespace waxwing::compile {

namespace {

using llvm::MachineInstr;

class SitePass : public llvm::MachineFunctionPass {
 public:
  static char ID;
  SitePass(CodeFacts& code, const Options& options)
      : MachineFunctionPass(ID), code_(code), trap_(options.target_facts().trap_instruction),
        wants_calls_(options.tells_calls() || options.tells_traps()),
        wants_faults_(options.tells_faults()), wants_callees_(options.is_selective()),
        checks_(options.check_sites),
        wants_values_(options.has_field(image::frame::locals | image::frame::params)) {}

  llvm::StringRef getPassName() const override { return "waxwing sites"; }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(llvm::MachineFunction& mf) override {
    mf_ = &mf;
    FunctionFacts facts;
    facts.name = mf.getName().str();
    facts.stack_bytes = static_cast<uint32_t>(mf.getFrameInfo().getStackSize());
    read_frame(facts);
    read_sites(facts);
    code_.functions.push_back(std::move(facts));
    return true;
  }

 private:
  /// A new symbol of the object, by its number.
  llvm::MCSymbol* symbol(uint32_t number, std::string (*name)(uint32_t)) {
    return mf_->getContext().getOrCreateSymbol(name(number));
  }

  void read_frame(FunctionFacts& facts) {
    const llvm::TargetSubtargetInfo& target = mf_->getSubtarget();
    const llvm::TargetRegisterInfo& registers = *target.getRegisterInfo();
    const llvm::TargetFrameLowering& lowering = *target.getFrameLowering();
    const llvm::MachineFrameInfo& frame = mf_->getFrameInfo();
    if (!lowering.hasFP(*mf_)) return;
    const llvm::Register fp = registers.getFrameRegister(*mf_);
    for (MachineInstr& at : mf_->front()) {
      if (!at.getFlag(MachineInstr::FrameSetup)) continue;
      if (at.modifiesRegister(fp, &registers)) {
        facts.prologue = ++code_.symbols;
        at.setPostInstrSymbol(*mf_, symbol(facts.prologue, prologue_symbol));
        break;
      }
    }
    // The rule for the canonical frame address once the frame pointer is its base.
    const std::vector<llvm::MCCFIInstruction>& rules = mf_->getFrameInstructions();
    const auto dwarf_fp = static_cast<unsigned>(registers.getDwarfRegNum(fp, true));
    unsigned base = ~0u;
    int64_t offset = 0;
    for (MachineInstr& at : mf_->front()) {
      if (!at.isCFIInstruction()) continue;
      const llvm::MCCFIInstruction& rule = rules[at.getOperand(0).getCFIIndex()];
      switch (rule.getOperation()) {
      case llvm::MCCFIInstruction::OpDefCfa:
        base = rule.getRegister();
        offset = rule.getOffset();
        break;
      case llvm::MCCFIInstruction::OpDefCfaRegister: base = rule.getRegister(); break;
      case llvm::MCCFIInstruction::OpDefCfaOffset: offset = rule.getOffset(); break;
      case llvm::MCCFIInstruction::OpAdjustCfaOffset: offset += rule.getOffset(); break;
      default: break;
      }
      if (base == dwarf_fp) break;
    }
    facts.cfa = static_cast<int32_t>(offset);
    facts.sp = static_cast<int32_t>(offset + lowering.getOffsetOfLocalArea() -
                                    static_cast<int64_t>(frame.getStackSize()));
    facts.realigns_stack = registers.hasStackRealignment(*mf_) || frame.hasVarSizedObjects();
    if (wants_values_) read_values(facts, offset);
    for (const llvm::CalleeSavedInfo& saved : frame.getCalleeSavedInfo()) {
      if (saved.isSpilledToReg() || saved.getReg() == fp.asMCReg()) continue;
      facts.saved.push_back(
          {static_cast<uint32_t>(registers.getDwarfRegNum(saved.getReg(), true)),
           static_cast<int32_t>(frame.getObjectOffset(saved.getFrameIdx()) + offset)});
    }
  }

  void read_values(FunctionFacts& facts, int64_t cfa) {
    const llvm::MachineFrameInfo& frame = mf_->getFrameInfo();
    for (int i = 0; i < frame.getObjectIndexEnd(); ++i) {
      const llvm::AllocaInst* const slot = frame.getObjectAllocation(i);
      char letter = 0;
      uint32_t index = 0;
      if (slot == nullptr || frame.isDeadObjectIndex(i) ||
          !read_value_slot(slot->getName(), letter, index))
        continue;
      facts.values.push_back({letter == 'p', index, kind_of(slot->getAllocatedType()),
                              static_cast<int32_t>(frame.getObjectOffset(i) + cfa)});
    }
  }

  static compile::Kind kind_of(const llvm::Type* type) {
    if (type->isIntegerTy(32)) return compile::Kind::i32;
    if (type->isIntegerTy(64)) return compile::Kind::i64;
    if (type->isFloatTy()) return compile::Kind::f32;
    if (type->isDoubleTy()) return compile::Kind::f64;
    return type->isVectorTy() ? compile::Kind::v128 : compile::Kind::ref;
  }

  void read_sites(FunctionFacts& facts) {
    const llvm::TargetInstrInfo& instructions = *mf_->getSubtarget().getInstrInfo();
    // Labels around calls that may throw, and the pads that they lead to.
    std::map<const llvm::MCSymbol*, const llvm::LandingPadInfo*> begins;
    for (const llvm::LandingPadInfo& pad : mf_->getLandingPads())
      for (const llvm::MCSymbol* begin : pad.BeginLabels) begins[begin] = &pad;
    std::map<const llvm::LandingPadInfo*, uint32_t> pads;
    const llvm::LandingPadInfo* inside = nullptr;

    for (llvm::MachineBasicBlock& block : *mf_) {
      near_ = nullptr;
      for (MachineInstr& at : block) {
        // What carries ids would be printed, too.
        const llvm::MDNode* const id = checks_ ? id_of(at) : nullptr;
        if (checks_) at.setPCSections(*mf_, nullptr);
        if (at.isEHLabel()) {
          const auto found = begins.find(at.getOperand(0).getMCSymbol());
          inside = found == begins.end() ? nullptr : found->second;
          continue;
        }
        if (at.isMetaInstruction()) continue;
        if (const llvm::DILocation* const location = at.getDebugLoc().get();
            location != nullptr && location->getLine() != 0)
          near_ = location;
        Site site;
        site.pad = kNoPad;
        if (at.isCall() && !at.isReturn() && !is_trap(at, instructions)) {
          site.kind = image::SiteKind::call;
          locate(site, at);
          if (inside != nullptr) site.pad = pad_of(pads, *inside);
          if (!wants_calls_ && site.pad == kNoPad) continue;
          if (wants_callees_) site.callee = callee_of(at);
          site.number = ++code_.symbols;
          at.setPostInstrSymbol(*mf_, symbol(site.number, site_symbol));
        } else if (is_trap(at, instructions)) {
          site.kind = image::SiteKind::trap;
          locate(site, at);
          mark_before(site, at);
        } else if (wants_faults_ && at.mayLoadOrStore() && find_access(site, at)) {
          mark_before(site, at);
        } else {
          if (id != nullptr && at.mayLoadOrStore()) count(image::SiteKind::access);
          continue;
        }
        if (checks_) check(site, at, id);
        facts.sites.push_back(std::move(site));
      }
    }
  }

  /// What `FunctionLowering::identify` has put there.
  static const llvm::MDNode* id_of(const MachineInstr& at) {
    if (at.isCall()) return at.getHeapAllocMarker();
    const llvm::MDNode* const sections = at.getPCSections();
    return sections == nullptr || sections->getNumOperands() < 2
               ? nullptr
               : llvm::dyn_cast<llvm::MDNode>(sections->getOperand(1));
  }

  /// A site more of its kind, or null where it is of no function of the module: that is in no
  /// trace.
  SiteCheck* count(image::SiteKind kind) {
    if (mf_->getFunction().getSubprogram() == nullptr) return nullptr;
    SiteCheck& check = code_.checks[static_cast<size_t>(kind)];
    ++check.sites;
    return &check;
  }

  void check(const Site& site, const MachineInstr& at, const llvm::MDNode* id) {
    SiteCheck* const counts = count(site.kind);
    if (counts == nullptr || !site.is_exact) return;
    SiteCheck& check = *counts;
    ++check.exact;
    if (id == nullptr || id->getNumOperands() < 2) return;
    const auto* const offset = llvm::mdconst::dyn_extract<llvm::ConstantInt>(id->getOperand(0));
    if (offset == nullptr) return;
    // Of what reads, changes and writes, the id is that of either.
    const auto value = static_cast<uint32_t>(offset->getZExtValue());
    const bool is_right =
        value == site.offset ||
        std::find(site.candidates.begin(), site.candidates.end(), value) != site.candidates.end();
    const bool is_other =
        !is_right && site.kind == image::SiteKind::access && is_copied(site, at, *id);
    ++(is_right ? check.confirmed : is_other ? check.copied : check.wrong);
  }

  /// Whether the id of an access is another's: where selection takes new nodes for one, it gives
  /// them and whatever else is new before them its id. What only loads hasn't that of a store, and
  /// an id against both the scope and the location of the access is wrong itself.
  static bool is_copied(const Site& site, const MachineInstr& at, const llvm::MDNode& id) {
    const bool stores = !llvm::mdconst::extract<llvm::ConstantInt>(id.getOperand(1))->isZero();
    if (stores && !at.mayStore()) return true;
    const llvm::DILocation* const location = at.getDebugLoc().get();
    return location != nullptr && location->getLine() == site.offset;
  }

  bool is_trap(const MachineInstr& at, const llvm::TargetInstrInfo& instructions) const {
    return instructions.getName(at.getOpcode()) == trap_;
  }

  void mark_before(Site& site, MachineInstr& at) {
    site.number = ++code_.symbols;
    at.setPreInstrSymbol(*mf_, symbol(site.number, site_symbol));
  }

  uint32_t pad_of(std::map<const llvm::LandingPadInfo*, uint32_t>& pads,
                  const llvm::LandingPadInfo& pad) {
    uint32_t& number = pads[&pad];
    if (number == 0) {
      number = ++code_.symbols;
      pad.LandingPadBlock->front().setPreInstrSymbol(*mf_, symbol(number, pad_symbol));
    }
    return number;
  }

  static void append_chain(Site& site, const llvm::DILocation* location) {
    for (; location->getInlinedAt() != nullptr; location = location->getInlinedAt())
      site.chain.push_back(
          {location->getScope()->getSubprogram()->getLine(), location->getInlinedAt()->getLine()});
  }

  void locate(Site& site, const MachineInstr& at) const {
    const llvm::DILocation* const location = at.getDebugLoc().get();
    site.is_exact = location != nullptr && location->getLine() != 0;
    if (location == nullptr) return;
    site.offset = location->getLine();
    // Of one that was merged, an instruction before it is near, if it is of the same function.
    if (!site.is_exact && near_ != nullptr && near_->getScope() == location->getScope())
      site.offset = near_->getLine();
    const uint32_t column = location->getColumn() & ~kEntryColumn;
    if (column != location->getColumn()) site.is_exact = false;
    if (site.kind == image::SiteKind::trap) {
      site.offset = location->getLine();
      site.trap = static_cast<TrapKind>(column);
    } else {
      site.is_tail = column == kTailColumn;
      site.is_builtin = column == kBuiltinColumn;
    }
    append_chain(site, location);
  }

  static std::string callee_of(const MachineInstr& at) {
    for (const llvm::MachineOperand& operand : at.operands()) {
      if (operand.isGlobal()) return operand.getGlobal()->getName().str();
      if (operand.isSymbol()) return operand.getSymbolName();
    }
    return {};
  }

  /// Whether the instruction accesses a memory of the module, and from where.
  bool find_access(Site& site, const MachineInstr& at) const {
    struct Access {
      uint32_t offset;
      uint64_t shape;
      bool is_load;
    };
    std::vector<Access> found;
    // Whether it is an access more, which has lost its mark.
    bool is_mixed = false;
    for (const llvm::MachineMemOperand* operand : at.memoperands()) {
      const llvm::MDNode* const scopes = operand->getAAInfo().Scope;
      if (scopes == nullptr) {
        is_mixed = true;
        continue;
      }
      for (const llvm::MDOperand& scope : scopes->operands()) {
        const std::optional<AccessMark> mark = read_access_mark(scope);
        if (!mark) continue;
        // Of an access that became several, this is a part.
        image::AccessShape whole = mark->shape;
        if (operand->getOffset() > 0) whole.before += static_cast<uint32_t>(operand->getOffset());
        found.push_back({mark->offset, whole.number(), operand->isLoad()});
      }
    }
    if (found.empty()) return false;
    if (checks_)
      for (const Access& access : found) site.candidates.push_back(access.offset);
    // What reads, changes and writes faults when it reads.
    if (std::any_of(found.begin(), found.end(), [](const Access& a) { return a.is_load; }))
      std::erase_if(found, [](const Access& a) { return !a.is_load; });
    site.kind = image::SiteKind::access;
    site.is_exact = !is_mixed;
    const Access* chosen =
        &*std::min_element(found.begin(), found.end(),
                           [](const Access& a, const Access& b) { return a.offset < b.offset; });
    for (const Access& access : found)
      if (access.offset != chosen->offset) site.is_exact = false;
    // The chain is that of the location, which may be another instruction's of the same function.
    if (const llvm::DILocation* const location = at.getDebugLoc().get()) {
      for (const Access& access : found)
        if (access.offset == location->getLine()) chosen = &access;
      append_chain(site, location);
    }
    site.offset = chosen->offset;
    site.shape = chosen->shape;
    return true;
  }

  CodeFacts& code_;
  llvm::StringRef trap_;
  bool wants_calls_;
  bool wants_faults_;
  bool wants_callees_;
  bool checks_;
  bool wants_values_;
  llvm::MachineFunction* mf_ = nullptr;
  /// The location of the last instruction of the block that has one.
  const llvm::DILocation* near_ = nullptr;
};

char SitePass::ID = 0;

} // namespace

std::string site_symbol(uint32_t number) { return "\x01s" + std::to_string(number); }
std::string pad_symbol(uint32_t number) { return "\x01l" + std::to_string(number); }
std::string prologue_symbol(uint32_t number) { return "\x01p" + std::to_string(number); }

std::optional<AccessMark> read_access_mark(const llvm::MDOperand& scope) {
  const auto* const node = llvm::dyn_cast_or_null<llvm::MDNode>(scope.get());
  if (node == nullptr || node->getNumOperands() < 3) return std::nullopt;
  const auto* const name = llvm::dyn_cast_or_null<llvm::MDString>(node->getOperand(2));
  if (name == nullptr) return std::nullopt;
  // "callee: @1a.2" where the access was inlined.
  const size_t sign = name->getString().rfind('@');
  if (sign == llvm::StringRef::npos) return std::nullopt;
  const auto [offset, shape] = name->getString().substr(sign + 1).split('.');
  AccessMark mark{};
  uint64_t number = 0;
  if (offset.getAsInteger(16, mark.offset) || shape.getAsInteger(16, number)) return std::nullopt;
  mark.shape = image::AccessShape::of(number);
  return mark;
}

std::optional<uint32_t> marked_memory(const llvm::Instruction& at) {
  const llvm::MDNode* const scopes = at.getMetadata(llvm::LLVMContext::MD_alias_scope);
  if (scopes == nullptr) return std::nullopt;
  std::optional<uint32_t> memory;
  for (const llvm::MDOperand& scope : scopes->operands()) {
    const std::optional<AccessMark> mark = read_access_mark(scope);
    if (!mark || (memory && *memory != mark->shape.memory)) return std::nullopt;
    memory = mark->shape.memory;
  }
  return memory;
}

llvm::MachineFunctionPass* create_site_pass(CodeFacts& code, const Options& options) {
  return new SitePass(code, options); // the pass manager's
}

} // namespace waxwing::compile
