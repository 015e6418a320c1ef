// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/other_compiler.hpp"

#include <filesystem>
#include <fmt/format.h>
#include <memory>
#include <vector>

#include "platform/child.hpp"
#include "platform/cpu.hpp"
#include "platform/mapped_file.hpp"
#include "waxwing/message.hpp"
#include "waxwing/output_file.hpp"

namespace waxwing::tool {

namespace {

std::unexpected<Error> failure(std::string text) {
  auto failed = waxwing::fail(std::move(text));
  failed.error().kind = ErrorKind::compilation;
  return failed;
}

} // namespace

Result<Module> OtherCompiler::compile(const Module& module) {
  if (folder_.path().empty()) return failure("there is no folder for temporary files");
  const std::string path = fmt::format("{}/{}", folder_.path(), number_++);
  const std::string input = path + ".wasm";
  const std::span<const std::byte> bytes = module.bytes();
  if (write_output(input, {reinterpret_cast<const char*>(bytes.data()), bytes.size()}) != 0)
    return failure("the module cannot be written");
  // The module has been found valid with what it may use.
  std::vector<std::string> words = {program_,
                                    "compile",
                                    "--features=all",
                                    "--cpu=generic",
                                    "--jobs=1",
                                    "-O",
                                    std::string(1, code_.level),
                                    input,
                                    "-o",
                                    path,
                                    code_.signals ? "--signals=on" : "--signals=off",
                                    fmt::format("--target={}", platform::kCpuName)};
  if (code_.explicit_checks) words.emplace_back("--bounds-checks=explicit");
  std::vector<const char*> pointers;
  pointers.reserve(words.size() + 1);
  for (const std::string& word : words) pointers.push_back(word.c_str());
  pointers.push_back(nullptr);
  const platform::ChildResult ended = platform::run_program(pointers.data());
  const auto image = std::make_shared<platform::MappedFile>();
  const bool is_there = ended.end == platform::ChildEnd::finished &&
                        image->open(path.c_str(), /*keeps_open=*/true) == platform::FileStatus::ok;
  std::error_code ignored;
  std::filesystem::remove(input, ignored);
  std::filesystem::remove(path, ignored);
  if (ended.end == platform::ChildEnd::not_started)
    return failure(fmt::format("{}: there is no such program, or it can't be run", program_));
  if (!is_there) return failure(fmt::format("{} can't compile the module", program_));
  return module.with_code(std::as_bytes(image->bytes()), image, /*private_pages=*/true,
                          image->descriptor());
}

} // namespace waxwing::tool
