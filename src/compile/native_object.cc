// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "compile/native_object.hpp"

#include <cstring>
#include <llvm/AsmParser/Parser.h>
#include <llvm/IR/Constants.h>
#include <llvm/IR/GlobalVariable.h>
#include <llvm/IR/IRBuilder.h>
#include <llvm/Support/SourceMgr.h>

#include "compile/codegen.hpp"
#include "compile/image_parts.hpp"
#include "native/embedded.hpp"

namespace waxwing::compile {

namespace {

// NOLINTBEGIN(performance-inefficient-string-concatenation): there is little of it.
/// The IR of everything but the image, as text: there is little of it, and it reads like what it
/// does.
class Writer {
 public:
  /// `front_size`: bytes of `@image`.
  Writer(const WaxNativeInput& input, const CInterface& interface, size_t front_size)
      : input_(input), interface_(interface), front_size_(front_size) {}

  std::string write() {
    out_ = "@image = external constant i8\n@code = external constant i8\n"
           "%Embedded = type { ptr, i64, ptr, ptr, ptr, ptr, i64, i64, ptr, ptr, ptr, ptr, ptr }\n";
    const std::string name = string({input_.name.data, input_.name.size});
    const std::string options = write_options();
    const std::string imports = write_imports();
    const std::string wasi = write_wasi();
    const bool invokes = input_.runtime_options != 0;
    if (interface_.makes_threads) out_ += "@waxwing_native_threads = external constant i8\n";
    if (invokes) out_ += "@waxwing_native_invoke = external constant i8\n";
    if (is_of_one_thread())
      // platform/single/one_thread.cc; 11 is EAGAIN.
      out_ +=
          "declare hidden signext i32 @waxwing_native_first_stack(i64, ptr)\n"
          "define hidden signext i32 @pthread_getattr_np(i64 %thread, ptr %attributes) {\n"
          "  %error = call signext i32 @waxwing_native_first_stack(i64 %thread, ptr %attributes)\n"
          "  ret i32 %error\n}\n"
          "define hidden signext i32 @pthread_create(ptr, ptr, ptr, ptr) {\n  ret i32 11\n}\n";
    const std::string parts = ", ptr " + wasi + ", ptr " +
                              (interface_.makes_threads ? "@waxwing_native_threads" : "null") +
                              ", ptr " + (invokes ? "@waxwing_native_invoke" : "null") + ", ptr " +
                              write_lines();
    const std::string flags =
        std::to_string(input_.runtime_options != 0 ? uint64_t{WAX_EMBEDDED_RUNTIME_OPTIONS} : 0);
    const bool is_program = interface_.prefix.empty();
    out_ += std::string(is_program ? "@waxwing_program = global" : "@module = internal global") +
            " %Embedded { ptr @image, i64 " + std::to_string(front_size_) + ", ptr @code, ptr " +
            name + ", ptr " + options + ", ptr " + imports + ", i64 " +
            std::to_string(interface_.imports.size()) + ", i64 " + flags + parts + ", ptr null }\n";
    if (!is_program) write_functions();
    return std::move(out_);
  }

 private:
  static const char* type_of(ValType type) {
    switch (type.code()) {
    case val::i32.code(): return "i32";
    case val::i64.code(): return "i64";
    case val::f32.code(): return "float";
    default: return "double";
    }
  }
  /// As an argument or result under the C convention of any target.
  static std::string passed(ValType type) {
    return type == val::i32 ? "i32 signext" : type_of(type);
  }

  /// A string ended by a NUL; its name.
  std::string string(std::string_view words) {
    constexpr char kDigits[] = "0123456789ABCDEF";
    const std::string name = "@text." + std::to_string(strings_++);
    out_ += name + " = private unnamed_addr constant [" + std::to_string(words.size() + 1) +
            " x i8] c\"";
    for (const char c : words) {
      const auto byte = static_cast<unsigned char>(c);
      out_ += {'\\', kDigits[byte >> 4], kDigits[byte & 15]};
    }
    out_ += "\\00\"\n";
    return name;
  }

  std::string write_options() {
    std::string list;
    for (size_t i = 0; i < input_.option_count; ++i)
      list += "ptr " + string({input_.options[i].data, input_.options[i].size}) + ", ";
    out_ += "@options = private constant [" + std::to_string(input_.option_count + 1) +
            " x ptr] [" + list + "ptr null]\n";
    return "@options";
  }

  /// What traces know of the source.
  std::string write_lines() {
    const size_t count = input_.line_rows.size / sizeof(WaxEmbeddedLine);
    if (count == 0) return "null";
    out_ += "@line_rows = external constant i8\n@line_texts = external constant i8\n"
            "@lines = private constant { ptr, i64, ptr } { ptr @line_rows, i64 " +
            std::to_string(count) + ", ptr @line_texts }\n";
    return "@lines";
  }

  /// Nobody asks for a thread: neither the module nor a time limit.
  [[nodiscard]] bool is_of_one_thread() const {
    if (!interface_.prefix.empty() || interface_.makes_threads || input_.runtime_options != 0)
      return false;
    for (size_t i = 0; i < input_.option_count; ++i)
      if (std::string_view(input_.options[i].data, input_.options[i].size).starts_with("--timeout"))
        return false;
    return true;
  }

  /// The rows of the functions of WASI that are imported.
  std::string write_wasi() {
    std::string list;
    for (const std::string& name : interface_.wasi) {
      out_ += "@waxwing_wasi_" + name + " = external constant i8\n";
      list += "ptr @waxwing_wasi_" + name + ", ";
    }
    out_ += "@wasi = private constant [" + std::to_string(interface_.wasi.size() + 1) +
            " x ptr] [" + list + "ptr null]\n";
    return "@wasi";
  }

  /// The embedder's functions, each behind one that takes cells.
  std::string write_imports() {
    if (interface_.imports.empty()) return "null";
    std::string list;
    for (size_t i = 0; i < interface_.imports.size(); ++i) {
      const CFunction& import = interface_.imports[i];
      const std::string bridge = "@bridge." + std::to_string(i);
      write_bridge(import, bridge);
      const std::string module = string(import.module);
      const std::string name = string(import.name);
      list += (i == 0 ? "{ ptr, ptr, ptr } { ptr " : ", { ptr, ptr, ptr } { ptr ") + module +
              ", ptr " + name + ", ptr " + bridge + " }";
    }
    out_ += "@imports = private constant [" + std::to_string(interface_.imports.size()) +
            " x { ptr, ptr, ptr }] [" + list + "]\n";
    return "@imports";
  }

  void write_bridge(const CFunction& import, const std::string& bridge) {
    const bool returns = import.results.size() == 1;
    std::string types = "ptr";
    std::string arguments = "ptr %instance";
    std::string body;
    for (size_t i = 0; i < import.params.size(); ++i) {
      const std::string n = std::to_string(i);
      body += "  %at" + n + " = getelementptr i64, ptr %cells, i64 " + n + "\n  %p" + n +
              " = load " + type_of(import.params[i]) + ", ptr %at" + n + "\n";
      types += ", " + passed(import.params[i]);
      arguments += ", " + passed(import.params[i]) + " %p" + n;
    }
    std::string after;
    for (size_t i = 0; !returns && i < import.results.size(); ++i) {
      const std::string n = std::to_string(i);
      const std::string type = type_of(import.results[i]);
      body += "  %r" + n + " = alloca i64\n";
      types += ", ptr";
      arguments += ", ptr %r" + n;
      after += "  %v" + n + " = load " + type + ", ptr %r" + n + "\n  %to" + n +
               " = getelementptr i64, ptr %cells, i64 " + n + "\n  store " + type + " %v" + n +
               ", ptr %to" + n + "\n";
    }
    const std::string result = returns ? type_of(import.results[0]) : "void";
    const std::string attribute = returns && import.results[0] == val::i32 ? "signext " : "";
    out_ += "declare " + attribute + result + " @" + import.symbol + "(" + types + ")\n";
    out_ += "define internal void " + bridge + "(ptr %instance, ptr %cells) {\n" + body;
    out_ += std::string(returns ? "  %r = call " : "  call ") + attribute + result + " @" +
            import.symbol + "(" + arguments + ")\n";
    if (returns) out_ += "  store " + result + " %r, ptr %cells\n";
    out_ += after + "  ret void\n}\n";
  }

  void write_functions() {
    const std::string& prefix = interface_.prefix;
    const auto forward = [&](const char* result, const std::string& name, const char* params,
                             const std::string& callee, const std::string& arguments) {
      out_ += "define " + std::string(result) + " @" + prefix + "_instance_" + name + "(" + params +
              ") {\n";
      const bool is_void = std::string_view(result) == "void";
      std::string_view bare = result;
      if (bare.starts_with("signext ")) bare.remove_prefix(8);
      out_ += std::string(is_void ? "  " : "  %r = ") + "call " + result + " @waxwing_native_" +
              callee + "(" + arguments + ")\n  ret " + std::string(bare) + (is_void ? "" : " %r") +
              "\n}\n";
    };
    out_ += "declare ptr @waxwing_native_new(ptr, ptr, ptr, i64)\n"
            "declare void @waxwing_native_free(ptr)\n"
            "declare ptr @waxwing_native_error(ptr)\n"
            "declare ptr @waxwing_native_user(ptr)\n"
            "declare void @waxwing_native_trap(ptr, ptr)\n"
            "declare signext i32 @waxwing_native_get_global(ptr, ptr, i64, ptr)\n"
            "declare signext i32 @waxwing_native_set_global(ptr, ptr, i64, ptr)\n"
            "declare signext i32 @waxwing_native_call_export(ptr, ptr, i64, ptr, i64, ptr, ptr)\n"
            "declare ptr @waxwing_native_memory(ptr, i32 signext, ptr)\n"
            "declare signext i32 @waxwing_native_call(ptr, i32 signext, ptr)\n";
    forward("ptr", "new", "ptr %config, ptr %error, i64 %size", "new",
            "ptr @module, ptr %config, ptr %error, i64 %size");
    forward("void", "free", "ptr %instance", "free", "ptr %instance");
    forward("ptr", "error", "ptr %instance", "error", "ptr %instance");
    forward("ptr", "user", "ptr %instance", "user", "ptr %instance");
    forward("void", "trap", "ptr %instance, ptr %message", "trap", "ptr %instance, ptr %message");
    const char* const global = "ptr %instance, ptr %name, i64 %size, ptr %value";
    forward("signext i32", "get_global", global, "get_global", global);
    forward("signext i32", "set_global", global, "set_global", global);
    const char* const call = "ptr %instance, ptr %name, i64 %size, ptr %arguments, i64 %count, ptr "
                             "%results, ptr %result_count";
    forward("signext i32", "call", call, "call_export", call);
    if (interface_.memory)
      forward("ptr", "memory", "ptr %instance, ptr %size", "memory",
              "ptr %instance, i32 signext " + std::to_string(*interface_.memory) + ", ptr %size");
    for (const CFunction& function : interface_.exports) write_export(function);
  }

  void write_export(const CFunction& function) {
    std::string params = "ptr %instance";
    std::string before;
    std::string after;
    for (size_t i = 0; i < function.params.size(); ++i) {
      const std::string n = std::to_string(i);
      params += ", " + passed(function.params[i]) + " %p" + n;
      before += "  %at" + n + " = getelementptr i64, ptr %cells, i64 " + n + "\n  store " +
                type_of(function.params[i]) + " %p" + n + ", ptr %at" + n + "\n";
    }
    for (size_t i = 0; i < function.results.size(); ++i) {
      const std::string n = std::to_string(i);
      const std::string type = type_of(function.results[i]);
      params += ", ptr %r" + n;
      after += "  %from" + n + " = getelementptr i64, ptr %cells, i64 " + n + "\n  %v" + n +
               " = load " + type + ", ptr %from" + n + "\n  store " + type + " %v" + n +
               ", ptr %r" + n + "\n";
    }
    const size_t cells =
        std::max<size_t>(1, std::max(function.params.size(), function.results.size()));
    out_ += "define signext i32 @" + function.symbol + "(" + params + ") {\n" +
            "  %cells = alloca [" + std::to_string(cells) + " x i64], align 16\n" + before +
            "  %status = call signext i32 @waxwing_native_call(ptr %instance, i32 signext " +
            std::to_string(function.function) + ", ptr %cells)\n" +
            "  %well = icmp eq i32 %status, 0\n  br i1 %well, label %good, label %end\ngood:\n" +
            after + "  br label %end\nend:\n  ret i32 %status\n}\n";
  }

  const WaxNativeInput& input_;
  const CInterface& interface_;
  const size_t front_size_;
  std::string out_;
  unsigned strings_ = 0;
};

// NOLINTEND(performance-inefficient-string-concatenation)

llvm::ArrayRef<uint8_t> bytes_of(const WaxText& text) {
  return {reinterpret_cast<const uint8_t*>(text.data), text.size};
}

/// Gives the declared constant `name` what it has.
void define(llvm::Module& ir, const std::string& name, llvm::Constant* content, const char* section,
            uint64_t alignment) {
  auto* const defined = new llvm::GlobalVariable(ir, content->getType(), true,
                                                 llvm::GlobalValue::InternalLinkage, content, "");
  defined->setSection(section);
  defined->setAlignment(llvm::Align(alignment));
  llvm::GlobalVariable* const declared = ir.getGlobalVariable(name);
  declared->replaceAllUsesWith(defined);
  declared->eraseFromParent();
  defined->setName("waxwing_" + name);
}

void define_bytes(llvm::Module& ir, const std::string& name, llvm::ArrayRef<uint8_t> bytes,
                  const char* section, uint64_t alignment) {
  define(ir, name, llvm::ConstantDataArray::get(ir.getContext(), bytes), section, alignment);
}

/// Defines `@code`: bytes that may be executed. What makes a section of code is a function; they go
/// in front of one that is never called.
void define_code(llvm::Module& ir, const ImageParts& parts, const image::TargetInfo& target) {
  llvm::LLVMContext& context = ir.getContext();
  auto* const function =
      llvm::Function::Create(llvm::FunctionType::get(llvm::Type::getVoidTy(context), false),
                             llvm::GlobalValue::InternalLinkage, "waxwing_code_end", ir);
  function->setSection(".text.waxwing_image");
  function->setPrefixData(llvm::ConstantDataArray::get(context, parts.code));
  // That of the constants of any code; code of aarch64 counts in pages of 4 KiB.
  constexpr uint64_t kCodeAlign = 64;
  constexpr uint64_t kCodePage = 4096;
  function->setAlignment(llvm::Align(target.target == Target::aarch64 ? kCodePage : kCodeAlign));
  function->setDoesNotThrow();
  llvm::IRBuilder<>(llvm::BasicBlock::Create(context, "", function)).CreateUnreachable();
  llvm::GlobalVariable* const declared = ir.getGlobalVariable("code");
  declared->replaceAllUsesWith(llvm::ConstantExpr::getGetElementPtr(
      llvm::Type::getInt8Ty(context), function,
      llvm::ConstantInt::getSigned(llvm::Type::getInt64Ty(context), -parts.code_end())));
  declared->eraseFromParent();
}

/// Defines `@image`, in which distances into the code are the linker's.
void define_front(llvm::Module& ir, const ImageParts& parts) {
  llvm::LLVMContext& context = ir.getContext();
  llvm::Type* const byte = llvm::Type::getInt8Ty(context);
  llvm::Type* const number = llvm::Type::getInt64Ty(context);
  llvm::GlobalVariable* const image = ir.getGlobalVariable("image");
  llvm::Function* const code_end = ir.getFunction("waxwing_code_end");
  const auto address = [&](llvm::Constant* from, int64_t offset) {
    return llvm::ConstantExpr::getPtrToInt(
        llvm::ConstantExpr::getGetElementPtr(byte, from,
                                             llvm::ConstantInt::getSigned(number, offset)),
        number);
  };
  std::vector<llvm::Constant*> pieces;
  uint64_t done = 0;
  for (const uint64_t at : parts.distances) {
    pieces.push_back(llvm::ConstantDataArray::get(context, parts.front.slice(done, at - done)));
    int32_t distance;
    std::memcpy(&distance, parts.front.data() + at, sizeof distance);
    pieces.push_back(llvm::ConstantExpr::getTrunc(
        llvm::ConstantExpr::getSub(
            address(code_end, static_cast<int64_t>(at) + distance - parts.code_end()),
            address(image, static_cast<int64_t>(at))),
        llvm::Type::getInt32Ty(context)));
    done = at + sizeof distance;
  }
  pieces.push_back(llvm::ConstantDataArray::get(context, parts.front.drop_front(done)));
  define(ir, "image", llvm::ConstantStruct::getAnon(pieces, /*Packed=*/true),
         ".rodata.waxwing_image", alignof(uint64_t));
}

} // namespace

Outcome<std::vector<uint8_t>> native_object(const WaxNativeInput& input,
                                            const CInterface& interface, const Options& options) {
  llvm::LLVMContext context;
  llvm::SMDiagnostic wrong;
  const ImageParts parts = TRY(take_apart({input.image, input.image_size}));
  const std::string text = Writer(input, interface, parts.front.size()).write();
  const std::unique_ptr<llvm::Module> ir = llvm::parseAssemblyString(text, wrong, context);
  if (ir == nullptr) return failure("the IR is not valid: " + wrong.getMessage().str());
  const std::unique_ptr<llvm::TargetMachine> machine = TRY(make_machine(options));
  ir->setDataLayout(machine->createDataLayout());
  ir->setTargetTriple(machine->getTargetTriple());
  ir->setPICLevel(llvm::PICLevel::BigPIC);

  define_code(*ir, parts, options.info());
  define_front(*ir, parts);
  if (input.line_rows.size >= sizeof(WaxEmbeddedLine)) {
    define_bytes(*ir, "line_rows", bytes_of(input.line_rows), ".rodata.waxwing_lines",
                 alignof(WaxEmbeddedLine));
    define_bytes(*ir, "line_texts", bytes_of(input.line_texts), ".rodata.waxwing_lines", 1);
  }

  TRY(verify(*ir));
  const auto object = TRY(
      generate(*ir, *machine, options, Output::object, nullptr, nullptr, [](llvm::StringRef) {}));
  return std::vector<uint8_t>(object.begin(), object.end());
}

} // namespace waxwing::compile
