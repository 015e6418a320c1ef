// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/source_map.hpp"

#include <algorithm>
#include <llvm/ADT/DenseMap.h>
#include <llvm/ADT/StringMap.h>
#include <llvm/CodeGen/MachineFunctionPass.h>
#include <llvm/CodeGen/MachineInstr.h>
#include <llvm/DebugInfo/DWARF/DWARFContext.h>
#include <llvm/Support/MemoryBuffer.h>

#include "compile/module_lowering.hpp"

namespace waxwing::compile {

SourceNames::SourceNames(const waxwing::Module& wasm)
    : wasm_(wasm), names_(wasm), exported_(wasm.functions.size()) {
  for (const Export& item : wasm.exports)
    if (item.kind == ExternKind::func && exported_[item.index].empty())
      exported_[item.index] = item.name;
}

std::string SourceNames::name_of(FuncIndex function) {
  if (const std::string_view name = names_.function(function); !name.empty())
    return std::string(name);
  return std::string(exported_[function]);
}

std::string SourceNames::symbol_of(const std::string& symbol) {
  llvm::StringRef rest = name_before_copy(symbol);
  FuncIndex function = 0;
  if (!rest.consume_front("f") || rest.consumeInteger(10, function) ||
      function >= wasm_.functions.size() || (!rest.empty() && rest != ".tail"))
    return symbol;
  std::string name = name_of(function);
  // A name with a zero in it would end there.
  if (name.empty() || name.find('\0') != std::string::npos) return symbol;
  return name;
}

SourceMap::SourceMap(const waxwing::Module& wasm, const Options& options)
    : wasm_(wasm), files_{options.name} {
  for (const WaxSourceLine& line : options.source_lines)
    rows_.push_back({line.offset, {0, line.line, line.column}});
  if (rows_.empty()) read_dwarf();
}

void SourceMap::read_dwarf() {
  llvm::StringMap<std::unique_ptr<llvm::MemoryBuffer>> buffers;
  for (const CustomSection& section : wasm_.customs) {
    llvm::StringRef name(section.name.data(), section.name.size());
    if (!name.consume_front(".") || !name.starts_with("debug_")) continue;
    const std::span<const uint8_t> bytes = wasm_.slice(section.bytes);
    buffers[name] = llvm::MemoryBuffer::getMemBuffer(
        llvm::StringRef(reinterpret_cast<const char*>(bytes.data()), bytes.size()), name,
        /*RequiresNullTerminator=*/false);
  }
  if (buffers.empty()) return;
  // What is damaged has no lines.
  const auto ignore = [](llvm::Error error) { llvm::consumeError(std::move(error)); };
  const auto context =
      llvm::DWARFContext::create(buffers, /*AddrSize=*/4, /*isLittleEndian=*/true, ignore, ignore);
  constexpr auto kWhole = llvm::DILineInfoSpecifier::FileLineInfoKind::AbsoluteFilePath;
  llvm::StringMap<uint32_t> numbers;
  for (const std::unique_ptr<llvm::DWARFUnit>& unit : context->compile_units()) {
    const llvm::DWARFDebugLine::LineTable* const table = context->getLineTableForUnit(unit.get());
    if (table == nullptr) continue;
    llvm::DenseMap<uint64_t, uint32_t> files;
    for (const llvm::DWARFDebugLine::Row& row : table->Rows) {
      // Addresses count from the first byte of the code section's content; 0 is that of code that
      // was left out.
      const uint64_t offset = row.Address.Address + wasm_.code_section.offset;
      if (row.Address.Address == 0 || offset > UINT32_MAX) continue;
      SourcePlace place;
      if (!row.EndSequence) {
        const auto [file, is_new] = files.try_emplace(row.File, 0);
        if (is_new) {
          std::string name;
          if (table->getFileNameByIndex(row.File, unit->getCompilationDir(), kWhole, name)) {
            const auto [number, is_first] =
                numbers.try_emplace(name, static_cast<uint32_t>(files_.size()));
            if (is_first) files_.push_back(name);
            file->second = number->second;
          }
        }
        if (file->second != 0) place = {file->second, row.Line, row.Column};
      }
      const Row made{static_cast<uint32_t>(offset), place};
      // Of several for one operator the last one counts.
      if (!rows_.empty() && rows_.back().offset == made.offset && place.line != 0)
        rows_.back() = made;
      else
        rows_.push_back(made);
    }
  }
  // Where a sequence ends, another may begin.
  std::sort(rows_.begin(), rows_.end(), [](const Row& a, const Row& b) {
    return a.offset != b.offset ? a.offset < b.offset : a.place.line == 0 && b.place.line != 0;
  });
}

SourcePlace SourceMap::find(uint32_t offset) const {
  if (rows_.empty()) return {0, offset, 0};
  const auto behind = std::upper_bound(rows_.begin(), rows_.end(), offset,
                                       [](uint32_t at, const Row& row) { return at < row.offset; });
  return behind == rows_.begin() ? SourcePlace() : (behind - 1)->place;
}

SourcePlace SourceMap::begin_of(FuncIndex function) const {
  const ByteRange body = wasm_.functions[function].body;
  if (rows_.empty()) return {0, body.offset, 0};
  auto row = std::lower_bound(rows_.begin(), rows_.end(), body.offset,
                              [](const Row& of, uint32_t at) { return of.offset < at; });
  while (row != rows_.end() && row->place.line == 0) ++row;
  return row == rows_.end() || row->offset >= body.offset + body.size ? SourcePlace() : row->place;
}

namespace {

class LinePass final : public llvm::MachineFunctionPass {
 public:
  static char ID;
  explicit LinePass(const SourceMap& map)
      : MachineFunctionPass(ID), map_(map), names_(map.wasm()) {}

  llvm::StringRef getPassName() const override { return "waxwing lines"; }
  void getAnalysisUsage(llvm::AnalysisUsage& usage) const override {
    usage.setPreservesAll();
    MachineFunctionPass::getAnalysisUsage(usage);
  }

  bool runOnMachineFunction(llvm::MachineFunction& function) override {
    llvm::Function& of = function.getFunction();
    const llvm::DISubprogram* const scope = of.getSubprogram();
    if (scope == nullptr) return false;
    context_ = &of.getContext();
    for (llvm::MachineBasicBlock& block : function)
      for (llvm::MachineInstr& at : block)
        if (const llvm::DILocation* const location = at.getDebugLoc().get())
          at.setDebugLoc(llvm::DebugLoc(translate(location)));
    of.setSubprogram(subprogram(scope));
    return true;
  }

 private:
  llvm::DIFile* file(uint32_t number) {
    llvm::DIFile*& made = files_[number];
    if (made == nullptr) made = llvm::DIFile::get(*context_, map_.files()[number], "");
    return made;
  }

  /// The line of a subprogram is its function's index.
  llvm::DISubprogram* subprogram(const llvm::DISubprogram* from) {
    llvm::DISubprogram*& made = subprograms_[from];
    if (made != nullptr) return made;
    const FuncIndex function = from->getLine();
    const SourcePlace begin = map_.begin_of(function);
    std::string name = names_.name_of(function);
    if (name.empty()) name = from->getName().str();
    llvm::DIFile* const in = file(begin.file);
    made = llvm::DISubprogram::getDistinct(*context_, in, name, "", in, begin.line, from->getType(),
                                           begin.line, nullptr, 0, 0, from->getFlags(),
                                           from->getSPFlags(), from->getUnit());
    return made;
  }

  llvm::DILocation* translate(const llvm::DILocation* from) {
    if (const auto found = locations_.find(from); found != locations_.end()) return found->second;
    llvm::DISubprogram* const in = subprogram(from->getScope()->getSubprogram());
    llvm::DILocation* const inlined =
        from->getInlinedAt() == nullptr ? nullptr : call_site(from->getInlinedAt());
    const Placed at = place(from, in);
    llvm::DILocation* const made =
        llvm::DILocation::get(*context_, at.line, at.column, at.scope, inlined);
    locations_[from] = made;
    return made;
  }

  /// One that was inlined into is told from others by itself.
  llvm::DILocation* call_site(const llvm::DILocation* from) {
    if (const auto found = calls_.find(from); found != calls_.end()) return found->second;
    llvm::DISubprogram* const in = subprogram(from->getScope()->getSubprogram());
    llvm::DILocation* const inlined =
        from->getInlinedAt() == nullptr ? nullptr : call_site(from->getInlinedAt());
    const Placed at = place(from, in);
    llvm::DILocation* const made =
        llvm::DILocation::getDistinct(*context_, at.line, at.column, at.scope, inlined);
    calls_[from] = made;
    return made;
  }

  struct Placed {
    unsigned line;
    unsigned column;
    llvm::DILocalScope* scope;
  };
  Placed place(const llvm::DILocation* from, llvm::DISubprogram* in) {
    const SourcePlace found = from->getLine() == 0 ? SourcePlace() : map_.find(from->getLine());
    if (found.line == 0) return {0, 0, in};
    llvm::DIFile* const of = file(found.file);
    if (of == in->getFile()) return {found.line, found.column, in};
    return {found.line, found.column, llvm::DILexicalBlockFile::get(*context_, in, of, 0)};
  }

  const SourceMap& map_;
  SourceNames names_;
  llvm::LLVMContext* context_ = nullptr;
  llvm::DenseMap<uint32_t, llvm::DIFile*> files_;
  llvm::DenseMap<const llvm::DISubprogram*, llvm::DISubprogram*> subprograms_;
  llvm::DenseMap<const llvm::DILocation*, llvm::DILocation*> locations_;
  llvm::DenseMap<const llvm::DILocation*, llvm::DILocation*> calls_;
};

char LinePass::ID = 0;

} // namespace

llvm::MachineFunctionPass* create_line_pass(const SourceMap& map) {
  return new LinePass(map); // the pass manager's
}

} // namespace waxwing::compile
