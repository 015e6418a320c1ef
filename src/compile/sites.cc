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
#include <llvm/MC/MCSectionELF.h>
#include <llvm/MC/MCStreamer.h>
#include <llvm/MC/MCSymbol.h>
#include <llvm/Object/ELFObjectFile.h>
#include <llvm/Support/Endian.h>
#include <llvm/Target/TargetMachine.h>
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
  SitePass(CodeFacts& code, CodeMarks& marks, const Options& options)
      : MachineFunctionPass(ID), code_(code), marks_(marks.of_function),
        trap_(options.target_facts().trap_instruction),
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
    marks_.clear();
    marked_.clear();
    doubtful_.clear();
    FunctionFacts facts;
    facts.name = mf.getName().str();
    facts.stack_bytes = static_cast<uint32_t>(mf.getFrameInfo().getStackSize());
    read_frame(facts);
    read_sites(facts);
    code_.functions.push_back(std::move(facts));
    return true;
  }

 private:
  /// A symbol for the next place.
  llvm::MCSymbol* mark() {
    marks_.push_back(mf_->getContext().createTempSymbol());
    return marks_.back();
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
        facts.prologue = 1; // until its end is known
        at.setPostInstrSymbol(*mf_, mark());
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
    const llvm::LandingPadInfo* inside = nullptr;
    std::vector<std::pair<llvm::MCSymbol*, llvm::MCSymbol*>> pads;

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
        candidates_.clear();
        if (at.isCall() && !at.isReturn() && !is_trap(at, instructions)) {
          site.kind = image::SiteKind::call;
          locate(site, at);
          llvm::MCSymbol* behind = nullptr;
          if (wants_calls_) at.setPostInstrSymbol(*mf_, behind = mark());
          if (inside != nullptr) {
            if (behind == nullptr)
              at.setPostInstrSymbol(*mf_, behind = mf_->getContext().createTempSymbol());
            pads.emplace_back(behind, pad_symbol(*inside));
          }
          if (!wants_calls_) continue;
          if (wants_callees_) {
            facts.callees.resize(facts.sites.size());
            facts.callees.push_back(callee_of(at));
          }
        } else if (is_trap(at, instructions)) {
          site.kind = image::SiteKind::trap;
          locate(site, at);
          at.setPreInstrSymbol(*mf_, mark());
        } else if (wants_faults_ && at.mayLoadOrStore() && find_access(site, at)) {
          at.setPreInstrSymbol(*mf_, mark());
        } else {
          if (id != nullptr && at.mayLoadOrStore()) count(image::SiteKind::access);
          continue;
        }
        if (checks_) check(site, at, id);
        facts.sites.push_back(site);
      }
    }
    if (wants_callees_) facts.callees.resize(facts.sites.size());
    settle_doubts();
    facts.sites.shrink_to_fit();
    for (const auto& [call, pad] : pads) {
      facts.pads.emplace_back();
      marks_.insert(marks_.end(), {call, pad});
    }
  }

  /// What `FunctionLowering::identify` has put there.
  static const llvm::MDNode* id_of(const MachineInstr& at) {
    if (at.isCall()) return at.getHeapAllocMarker();
    return id_in(at.getPCSections());
  }
  static const llvm::MDNode* id_in(const llvm::MDNode* sections) {
    return sections == nullptr || sections->getNumOperands() < 2
               ? nullptr
               : llvm::dyn_cast<llvm::MDNode>(sections->getOperand(1));
  }
  static std::optional<uint32_t> offset_of(const llvm::MDNode* id) {
    if (id == nullptr || id->getNumOperands() < 2) return std::nullopt;
    const auto* const offset = llvm::mdconst::dyn_extract<llvm::ConstantInt>(id->getOperand(0));
    if (offset == nullptr) return std::nullopt;
    return static_cast<uint32_t>(offset->getZExtValue());
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
    const std::optional<uint32_t> offset = offset_of(id);
    if (!offset) return;
    // Of what reads, changes and writes, the id is that of either.
    if (*offset == site.offset || std::ranges::find(candidates_, *offset) != candidates_.end())
      ++check.confirmed;
    else if (site.kind != image::SiteKind::access)
      ++check.wrong;
    else if (stores(*id) && !at.mayStore())
      ++check.copied;
    else
      doubtful_.push_back(*offset);
  }

  static bool stores(const llvm::MDNode& id) {
    return !llvm::mdconst::extract<llvm::ConstantInt>(id.getOperand(1))->isZero();
  }

  /// Whether ids of accesses that are none of their candidates make them wrong. Where selection
  /// takes new nodes for one, it gives them and whatever else is new before them its id (what only
  /// loads may have that of a store): then the access that the id is of has instructions of its
  /// own, no fewer than before selection. It lacks one if it was merged into another access and
  /// left no mark there, so that it would fault under the offset of that one.
  void settle_doubts() {
    if (doubtful_.empty()) return;
    std::map<uint32_t, ptrdiff_t> missing;
    for (const uint32_t offset : marked_) --missing[offset];
    for (const llvm::BasicBlock& block : mf_->getFunction())
      for (const llvm::Instruction& at : block)
        if (const llvm::MDNode* const sections = at.getMetadata(llvm::LLVMContext::MD_pcsections))
          if (const std::optional<uint32_t> offset = offset_of(id_in(sections))) ++missing[*offset];
    SiteCheck& check = code_.checks[static_cast<size_t>(image::SiteKind::access)];
    for (const uint32_t offset : doubtful_) ++(missing[offset] <= 0 ? check.copied : check.wrong);
  }

  bool is_trap(const MachineInstr& at, const llvm::TargetInstrInfo& instructions) const {
    return instructions.getName(at.getOpcode()) == trap_;
  }

  /// The label in front of a landing pad.
  llvm::MCSymbol* pad_symbol(const llvm::LandingPadInfo& pad) {
    MachineInstr& first = pad.LandingPadBlock->front();
    if (first.getPreInstrSymbol() == nullptr)
      first.setPreInstrSymbol(*mf_, mf_->getContext().createTempSymbol());
    return first.getPreInstrSymbol();
  }

  /// The number of a chain in `CodeFacts::chains`, plus 1.
  uint32_t chain_of(const llvm::DILocation* location) {
    const llvm::DILocation* const call = location->getInlinedAt();
    if (call == nullptr) return 0;
    const InlinedAt chain{location->getScope()->getSubprogram()->getLine(), call->getLine(),
                          chain_of(call)};
    const auto [known, is_new] =
        chains_.try_emplace(chain, static_cast<uint32_t>(code_.chains.size() + 1));
    if (is_new) code_.chains.push_back(chain);
    return known->second;
  }

  void locate(Site& site, const MachineInstr& at) {
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
    site.chain = chain_of(location);
  }

  static std::string callee_of(const MachineInstr& at) {
    for (const llvm::MachineOperand& operand : at.operands()) {
      if (operand.isGlobal()) return operand.getGlobal()->getName().str();
      if (operand.isSymbol()) return operand.getSymbolName();
    }
    return {};
  }

  /// Whether the instruction accesses a memory of the module, and from where.
  bool find_access(Site& site, const MachineInstr& at) {
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
    if (checks_) {
      for (const Access& access : found)
        if (!llvm::is_contained(candidates_, access.offset)) candidates_.push_back(access.offset);
      marked_.insert(marked_.end(), candidates_.begin(), candidates_.end());
    }
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
      site.chain = chain_of(location);
    }
    site.offset = chosen->offset;
    site.shape = chosen->shape;
    return true;
  }

  CodeFacts& code_;
  std::vector<llvm::MCSymbol*>& marks_;
  std::map<InlinedAt, uint32_t> chains_;
  llvm::StringRef trap_;
  bool wants_calls_;
  bool wants_faults_;
  bool wants_callees_;
  bool checks_;
  bool wants_values_;
  llvm::MachineFunction* mf_ = nullptr;
  /// The location of the last instruction of the block that has one.
  const llvm::DILocation* near_ = nullptr;
  /// Of an access, all operators that the instruction stands for; only where sites are checked.
  std::vector<uint32_t> candidates_;
  /// The candidates of all instructions of the function.
  std::vector<uint32_t> marked_;
  /// Ids of accesses of the function that are none of their candidates.
  std::vector<uint32_t> doubtful_;
};

char SitePass::ID = 0;

class PlacePass : public llvm::MachineFunctionPass {
 public:
  static char ID;
  PlacePass(const CodeMarks& marks, llvm::MCStreamer& streamer)
      : MachineFunctionPass(ID), marks_(marks.of_function), streamer_(streamer) {}

  llvm::StringRef getPassName() const override { return "waxwing places"; }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(llvm::MachineFunction& mf) override {
    if (marks_.empty()) return false;
    const llvm::MCSymbol* const begin = mf.getTarget().getSymbol(&mf.getFunction());
    streamer_.pushSection();
    streamer_.switchSection(mf.getContext().getELFSection(kPlaces, llvm::ELF::SHT_PROGBITS, 0));
    for (const llvm::MCSymbol* mark : marks_)
      streamer_.emitAbsoluteSymbolDiff(mark, begin, sizeof(uint32_t));
    streamer_.popSection();
    return false;
  }

 private:
  const std::vector<llvm::MCSymbol*>& marks_;
  llvm::MCStreamer& streamer_;
};

char PlacePass::ID = 0;

/// Reads places one after the other.
class Places {
 public:
  explicit Places(llvm::StringRef bytes) : bytes_(bytes) {}
  uint32_t next() {
    if (bytes_.size() < sizeof(uint32_t)) {
      is_short_ = true;
      return 0;
    }
    const uint32_t place = llvm::support::endian::read32le(bytes_.data());
    bytes_ = bytes_.drop_front(sizeof place);
    return place;
  }
  [[nodiscard]] bool is_at_end() const { return bytes_.empty() && !is_short_; }

 private:
  llvm::StringRef bytes_;
  bool is_short_ = false;
};

} // namespace

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

llvm::MachineFunctionPass* create_site_pass(CodeFacts& code, CodeMarks& marks,
                                            const Options& options) {
  return new SitePass(code, marks, options); // the pass manager's
}

llvm::MachineFunctionPass* create_place_pass(const CodeMarks& marks, llvm::MCStreamer& streamer) {
  return new PlacePass(marks, streamer); // the pass manager's
}

Outcome<void> take_places(std::span<const char> object, CodeFacts& code) {
  const llvm::StringRef bytes(object.data(), object.size());
  auto parsed = llvm::object::ObjectFile::createELFObjectFile({bytes, "object"});
  if (!parsed) return failure("the object is malformed: " + llvm::toString(parsed.takeError()));
  Places places("");
  for (const llvm::object::SectionRef section : (*parsed)->sections()) {
    auto name = section.getName();
    if (!name) return failure("the object is malformed: " + llvm::toString(name.takeError()));
    if (!name->ends_with(kPlaces)) continue;
    // Distances in one section are settled by the assembler.
    if (*name != kPlaces) return failure("places of the code are left to the linker");
    auto contents = section.getContents();
    if (!contents)
      return failure("the object is malformed: " + llvm::toString(contents.takeError()));
    places = Places(*contents);
  }
  for (FunctionFacts& facts : code.functions) {
    if (facts.prologue != 0) facts.prologue = places.next();
    for (Site& site : facts.sites) site.place = places.next();
    for (Pad& pad : facts.pads) {
      pad.call = places.next();
      pad.place = places.next();
    }
  }
  if (!places.is_at_end()) return failure("the places of the code are not those of its sites");
  return {};
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

} // namespace waxwing::compile
