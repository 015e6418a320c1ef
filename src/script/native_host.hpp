// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <map>
#include <optional>

#include "native/library.hpp"
#include "script/host.hpp"

namespace waxwing::script {

/// A host over native libraries: each module is made one (`ScriptOptions::make_library`), which
/// shares the runtime with the others, and instances import from each other in one store of that.
class NativeHost final : public ScriptHost {
 public:
  using ScriptHost::ScriptHost;
  ~NativeHost() override;

  [[nodiscard]] Outcome<InstanceHandle> instantiate(const Module& module) override;
  [[nodiscard]] Outcome<void> register_as(std::string_view name, ScriptInstance& instance) override;
  [[nodiscard]] SharedPart share(ScriptInstance& instance) override;
  [[nodiscard]] Outcome<void> register_shared(std::string_view name,
                                              const SharedPart& part) override;

 private:
  class Guest;
  /// The functions of the runtime.
  struct Runtime {
    decltype(&waxwing_native_store_new) store_new;
    decltype(&waxwing_native_store_free) store_free;
    decltype(&waxwing_native_store_define) store_define;
    decltype(&waxwing_native_store_reference) store_reference;
    decltype(&waxwing_native_store_data) store_data;
    decltype(&waxwing_native_store_keep) store_keep;
  };

  [[nodiscard]] Outcome<void> make_store() override;
  [[nodiscard]] Outcome<void> define(std::string_view name, void* instance);
  [[nodiscard]] std::optional<WaxNativeValue> value_of(const text::Constant& constant);
  [[nodiscard]] Answer answer_of(const WaxNativeValue& value) const;

  Runtime runtime_{};
  WaxNativeStore* store_ = nullptr;
  /// They stay loaded as long as the store.
  std::vector<void*> libraries_;
  std::map<uint32_t, void*> numbered_;
};

} // namespace waxwing::script
