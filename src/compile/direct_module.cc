// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/direct_module.hpp"

#include <algorithm>
#include <bit>
#include <cstdio>
#include <llvm/IR/Constants.h>
#include <llvm/Transforms/Utils/ModuleUtils.h>
#include <set>

#include "compile/direct_builtins.hpp"
#include "compile/module_lowering.hpp"

namespace waxwing::compile {

namespace {

std::unexpected<Failure> at(uint32_t offset, const std::string& text) {
  char place[16];
  std::snprintf(place, sizeof place, "0x%x: ", offset);
  return failure(place + text);
}

/// Names that the linker gives to places in wasm memory.
constexpr std::string_view kPlaces[] = {"__heap_base",   "__heap_end",   "__data_end",
                                        "__global_base", "__stack_low",  "__stack_high",
                                        "__memory_base", "__table_base", "__wasm_first_page_end"};

bool is_place(std::string_view name) {
  return std::ranges::find(kPlaces, name) != std::end(kPlaces);
}

constexpr std::string_view kStart = "__start_";
constexpr std::string_view kStop = "__stop_";

} // namespace

DirectModule::DirectModule(const DirectGuest& guest, ModuleLowering& lowering)
    : guest_(guest), lowering_(lowering), ir_(lowering.ir()), objects_(guest.wasm().data.size()),
      globals_(guest.wasm().globals.size()), imported_(guest.imports().size()) {}

/// What symbols there are in each segment; of one of which the guest asks where it begins or ends,
/// there are none, so that it stays in one piece.
std::vector<DirectModule::Ranges> DirectModule::symbols_by_segment() const {
  std::set<std::string_view> whole;
  for (const GuestSymbol& symbol : guest_.relocations().symbols)
    for (const std::string_view edge : {kStart, kStop})
      if (symbol.kind == SymbolKind::data && symbol.is_undefined() && symbol.name.starts_with(edge))
        whole.insert(symbol.name.substr(edge.size()));
  std::vector<Ranges> ranges(objects_.size());
  for (const GuestSymbol& symbol : guest_.relocations().symbols)
    if (symbol.kind == SymbolKind::data && !symbol.is_undefined() && !symbol.is_absolute() &&
        !whole.contains(guest_.relocations().segment_names[symbol.index]))
      ranges[symbol.index].emplace_back(symbol.offset, symbol.offset + symbol.size);
  return ranges;
}

/// Where its variables begin: each symbol's own, but for those that lie in another one. What lies
/// between two belongs to the first.
std::vector<uint64_t> DirectModule::divide(Ranges ranges) {
  std::vector<uint64_t> starts{0};
  std::ranges::sort(ranges);
  uint64_t end = 0;
  for (const auto& [start, stop] : ranges) {
    if (start >= end && start != starts.back()) starts.push_back(start);
    end = std::max(end, stop);
  }
  return starts;
}

Outcome<void> DirectModule::make_data() {
  const waxwing::Module& wasm = guest_.wasm();
  // All of them before what is in them, as they point to each other.
  std::vector<std::vector<uint64_t>> ends(wasm.data.size());
  std::vector<Ranges> ranges = symbols_by_segment();
  for (uint32_t i = 0; i < wasm.data.size(); ++i) {
    const uint64_t size = wasm.data[i].bytes.size;
    const uint64_t base = constant_bits(wasm, wasm.data[i].offset).value_or(0);
    const std::vector<uint64_t> starts = divide(std::move(ranges[i]));
    for (size_t j = 0; j < starts.size(); ++j) {
      const uint64_t end = j + 1 < starts.size() ? starts[j + 1] : size;
      // Its type comes with its value.
      auto* const variable = new llvm::GlobalVariable(
          ir_, llvm::ArrayType::get(llvm::Type::getInt8Ty(ir_.getContext()), end - starts[j]),
          false, llvm::GlobalValue::InternalLinkage, nullptr, "guest.data");
      // The linker has aligned it at least as much as it must be.
      constexpr uint64_t kMost = 4096;
      const uint64_t address = (base + starts[j]) | kMost;
      variable->setAlignment(llvm::Align(address & (~address + 1)));
      variable->setConstant(guest_.relocations().segment_names[i].starts_with(".rodata"));
      objects_[i].push_back({starts[j], variable});
      ends[i].push_back(end);
    }
  }
  for (uint32_t i = 0; i < wasm.data.size(); ++i)
    for (size_t j = 0; j < objects_[i].size(); ++j) TRY(fill(i, j, ends[i][j]));
  return {};
}

Outcome<void> DirectModule::fill(uint32_t segment, size_t object, uint64_t end) {
  const waxwing::Module& wasm = guest_.wasm();
  llvm::LLVMContext& context = ir_.getContext();
  const uint64_t start = objects_[segment][object].start;
  const ByteRange range{wasm.data[segment].bytes.offset + static_cast<uint32_t>(start),
                        static_cast<uint32_t>(end - start)};
  const std::span<const uint8_t> bytes = wasm.slice(range);
  const auto relocations =
      Relocations::in(guest_.relocations().data, range.offset, range.offset + range.size);
  std::vector<llvm::Constant*> parts;
  size_t done = 0;
  const auto copy_to = [&](size_t to) {
    if (to > done)
      parts.push_back(llvm::ConstantDataArray::get(
          context, llvm::ArrayRef<uint8_t>(bytes.data() + done, to - done)));
    done = to;
  };
  for (const Relocation& relocation : relocations) {
    const size_t place = relocation.offset - range.offset;
    constexpr size_t kWidth = 8;
    if (bytes.size() - place < kWidth)
      return at(relocation.offset, "reloc.DATA: an address that lies across two variables");
    uint64_t value = 0;
    std::memcpy(&value, bytes.data() + place, kWidth);
    copy_to(place);
    parts.push_back(TRY(address(relocation, value)));
    done += kWidth;
  }
  copy_to(bytes.size());
  llvm::Constant* const value =
      std::ranges::all_of(bytes, [](uint8_t b) { return b == 0; }) && relocations.empty()
          ? llvm::ConstantAggregateZero::get(objects_[segment][object].variable->getValueType())
          : llvm::ConstantStruct::getAnon(context, parts, true);
  llvm::GlobalVariable*& variable = objects_[segment][object].variable;
  if (value->getType() == variable->getValueType()) {
    variable->setInitializer(value);
    return {};
  }
  auto* const made = new llvm::GlobalVariable(ir_, value->getType(), variable->isConstant(),
                                              llvm::GlobalValue::InternalLinkage, value, "");
  made->setAlignment(variable->getAlign());
  made->takeName(variable);
  variable->replaceAllUsesWith(made);
  variable->eraseFromParent();
  variable = made;
  return {};
}

llvm::Constant* DirectModule::within(uint32_t segment, uint64_t offset) {
  const std::vector<Object>& objects = objects_[segment];
  const auto next = std::ranges::upper_bound(objects, offset, {}, &Object::start);
  const Object& found = *std::prev(next); // the first begins at 0
  llvm::Type* const byte = llvm::Type::getInt8Ty(ir_.getContext());
  if (offset == found.start) return found.variable;
  return llvm::ConstantExpr::getGetElementPtr(
      byte, found.variable,
      llvm::ConstantInt::get(llvm::Type::getInt64Ty(ir_.getContext()), offset - found.start));
}

/// What is none of the guest's: where a segment begins or ends, or a variable of the host.
Outcome<llvm::Constant*> DirectModule::outside(std::string_view name) {
  if (is_place(name))
    return failure("'" + std::string(name) +
                   "' is a place in wasm memory, which there is none of here: take memory from "
                   "malloc of the host");
  for (const std::string_view edge : {kStart, kStop}) {
    if (!name.starts_with(edge)) continue;
    const auto& names = guest_.relocations().segment_names;
    const auto found = std::ranges::find(names, name.substr(edge.size()));
    if (found == names.end() || found->empty())
      return failure("'" + std::string(name) + "': there is no data segment of that name");
    const auto segment = static_cast<uint32_t>(found - names.begin());
    return within(segment, edge == kStart ? 0 : guest_.wasm().data[segment].bytes.size);
  }
  const std::string symbol(name);
  if (!is_identifier(name)) return failure("'" + symbol + "' is no name of a variable of C");
  if (llvm::GlobalValue* const known = ir_.getNamedValue(symbol)) return known;
  return new llvm::GlobalVariable(ir_, llvm::Type::getInt8Ty(ir_.getContext()), false,
                                  llvm::GlobalValue::ExternalLinkage, nullptr, symbol);
}

Outcome<llvm::Constant*> DirectModule::address_of(const GuestSymbol& symbol) {
  if (symbol.kind == SymbolKind::function) return function(symbol.index);
  if (symbol.is_undefined()) return outside(symbol.name);
  if (!symbol.is_absolute()) return within(symbol.index, symbol.offset);
  if (symbol.name != "__dso_handle") return outside(symbol.name);
  // Tells this program or library from others, by its address.
  llvm::GlobalVariable* const known = ir_.getGlobalVariable("guest.dso_handle", true);
  if (known != nullptr) return known;
  llvm::Type* const byte = llvm::Type::getInt8Ty(ir_.getContext());
  return new llvm::GlobalVariable(ir_, byte, false, llvm::GlobalValue::InternalLinkage,
                                  llvm::ConstantInt::get(byte, 0), "guest.dso_handle");
}

Outcome<llvm::Constant*> DirectModule::address(const Relocation& relocation, uint64_t value) {
  const GuestSymbol& symbol = guest_.relocations().symbols[relocation.symbol];
  const bool is_function = symbol.kind == SymbolKind::function;
  const auto expected = is_function ? std::nullopt : guest_.guest_address(symbol);
  const bool is_other =
      is_function ? guest_.function_in_table(value) != symbol.index
                  : expected && *expected + static_cast<uint64_t>(relocation.addend) != value;
  if (is_other)
    return at(relocation.offset,
              std::string(relocation_name(relocation.kind)) + " for '" + std::string(symbol.name) +
                  "' is not about what lies there: the module was changed after it was linked (by "
                  "wasm-opt or the like), and its relocations weren't");
  auto base = address_of(symbol);
  if (!base) return at(relocation.offset, base.error().text);
  if (relocation.addend == 0) return *base;
  return llvm::ConstantExpr::getGetElementPtr(
      llvm::Type::getInt8Ty(ir_.getContext()), *base,
      llvm::ConstantInt::getSigned(llvm::Type::getInt64Ty(ir_.getContext()), relocation.addend));
}

Outcome<llvm::GlobalVariable*> DirectModule::global(uint32_t index) {
  if (globals_[index] != nullptr) return globals_[index];
  const GlobalDecl& declared = guest_.wasm().globals[index];
  const auto bits = constant_bits(guest_.wasm(), declared.init);
  if (!bits || !declared.type.type.is_numeric())
    return at(declared.offset,
              "a global whose first value is no number is not taken without a sandbox");
  llvm::Type* const type = lowering_.type(declared.type.type);
  llvm::Constant* const value =
      type->isIntegerTy()
          ? llvm::ConstantInt::get(type, *bits)
          : llvm::ConstantFP::get(ir_.getContext(),
                                  type->isFloatTy() ? llvm::APFloat(std::bit_cast<float>(
                                                          static_cast<uint32_t>(*bits)))
                                                    : llvm::APFloat(std::bit_cast<double>(*bits)));
  return globals_[index] =
             new llvm::GlobalVariable(ir_, type, !declared.type.mutable_,
                                      llvm::GlobalValue::InternalLinkage, value, "guest.global");
}

llvm::Function* DirectModule::function(FuncIndex index) {
  return index < guest_.imports().size() ? imported(index) : lowering_.native(index);
}

/// Of the C library with pointers where it has them, so that LLVM knows what it does.
llvm::Function* DirectModule::imported(FuncIndex index) {
  if (imported_[index] != nullptr) return imported_[index];
  const HostImport& import = guest_.imports()[index];
  llvm::FunctionType* type = lowering_.signature_of(index).native;
  if (import.known != nullptr) {
    std::vector<llvm::Type*> types;
    for (size_t i = 0; import.known->signature[i] != 0; ++i) {
      const bool is_pointer = import.known->signature[i] == 'p';
      llvm::Type* const plain =
          i == 0 ? type->getReturnType() : type->getParamType(unsigned(i) - 1);
      types.push_back(is_pointer ? lowering_.pointer() : plain);
    }
    type = llvm::FunctionType::get(types[0], llvm::ArrayRef(types).drop_front(), false);
  }
  // The same may be imported twice.
  auto* made = llvm::dyn_cast_or_null<llvm::Function>(ir_.getNamedValue(import.symbol));
  if (made == nullptr)
    made = llvm::Function::Create(type, llvm::GlobalValue::ExternalLinkage, import.symbol, ir_);
  if (import.known != nullptr && import.known->kind == HostKind::made) {
    if (made->empty()) make_builtin(*made, *import.known);
    lowering_.set_attributes(*made, false);
  } else {
    lowering_.set_host_attributes(*made);
  }
  return imported_[index] = made;
}

llvm::FunctionCallee DirectModule::get_stack_pointer() {
  llvm::Type* const word = llvm::Type::getInt64Ty(ir_.getContext());
  return ir_.getOrInsertFunction(kGetStackPointer, word);
}

llvm::FunctionCallee DirectModule::set_stack_pointer() {
  llvm::Type* const word = llvm::Type::getInt64Ty(ir_.getContext());
  return ir_.getOrInsertFunction(kSetStackPointer, llvm::Type::getVoidTy(ir_.getContext()), word);
}

void DirectModule::make_export(const DirectExport& item) {
  llvm::Function* const callee = lowering_.native(item.function);
  llvm::Function* const made = llvm::Function::Create(
      callee->getFunctionType(), llvm::GlobalValue::ExternalLinkage, item.symbol, ir_);
  lowering_.set_attributes(*made, false);
  lowering_.set_host_attributes(*made);
  made->setVisibility(llvm::GlobalValue::DefaultVisibility);
  made->setDSOLocal(false);
  llvm::IRBuilder<> ir(llvm::BasicBlock::Create(ir_.getContext(), "", made));
  std::vector<llvm::Value*> arguments;
  for (llvm::Argument& argument : made->args()) arguments.push_back(&argument);
  llvm::CallInst* const call = ir.CreateCall(callee, arguments);
  call->setTailCallKind(llvm::CallInst::TCK_Tail);
  if (call->getType()->isVoidTy())
    ir.CreateRetVoid();
  else
    ir.CreateRet(call);
}

/// What the C library calls.
void DirectModule::make_main() {
  llvm::IRBuilder<> ir(ir_.getContext());
  llvm::Function* const made = llvm::Function::Create(
      llvm::FunctionType::get(ir.getInt32Ty(), {ir.getInt32Ty(), lowering_.pointer()}, false),
      llvm::GlobalValue::ExternalLinkage, "main", ir_);
  lowering_.set_attributes(*made, false);
  lowering_.set_host_attributes(*made);
  ir.SetInsertPoint(llvm::BasicBlock::Create(ir_.getContext(), "", made));
  llvm::Function* const callee = lowering_.native(guest_.main_function());
  std::vector<llvm::Value*> arguments;
  if (guest_.main() == DirectMain::arguments)
    arguments = {made->getArg(0), ir.CreatePtrToInt(made->getArg(1), ir.getInt64Ty())};
  llvm::Value* const result = ir.CreateCall(callee, arguments);
  ir.CreateRet(guest_.main() == DirectMain::start ? ir.getInt32(0) : result);
}

void DirectModule::finish(bool is_program) {
  if (guest_.constructors() != kNoIndex)
    llvm::appendToGlobalCtors(ir_, lowering_.native(guest_.constructors()), 65535);
  const waxwing::Module& wasm = guest_.wasm();
  if (wasm.has_start && wasm.start >= wasm.imported_functions)
    llvm::appendToGlobalCtors(ir_, lowering_.native(wasm.start), 65535);
  if (is_program)
    make_main();
  else
    for (const DirectExport& item : guest_.exports()) make_export(item);
}

} // namespace waxwing::compile
