// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <map>
#include <optional>

#include "script/host.hpp"

namespace waxwing::script {

/// A host over the public interface: an embedder like any other.
class Embedder final : public ScriptHost {
 public:
  using ScriptHost::ScriptHost;

  [[nodiscard]] Outcome<InstanceHandle> instantiate(const Module& module) override;
  [[nodiscard]] Outcome<void> register_as(std::string_view name, ScriptInstance& instance) override;
  [[nodiscard]] SharedPart share(ScriptInstance& instance) override;
  [[nodiscard]] Outcome<void> register_shared(std::string_view name,
                                              const SharedPart& part) override;

 private:
  class Guest;
  /// An object of the host that is nothing but its number.
  struct Numbered {
    uint32_t number;
  };

  [[nodiscard]] Outcome<void> make_store() override;
  /// A constant of a script as an argument of a type; nothing where it is none.
  [[nodiscard]] std::optional<Value> value_of(const text::Constant& constant,
                                              const ValueType& type);
  /// The one reference for a number.
  [[nodiscard]] ExternRef reference(uint32_t number);
  [[nodiscard]] std::optional<uint32_t> number_of(const Value& value) const;
  [[nodiscard]] text::Constant constant_of(const Value& value) const;
  [[nodiscard]] Answer answer_of(const Value& value) const;

  std::unique_ptr<Store> store_;
  std::unique_ptr<Linker> linker_;
  std::map<uint32_t, ExternRef> numbered_;
};

} // namespace waxwing::script
