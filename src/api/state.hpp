// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <atomic>
#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "api/core.hpp"
#include "api/timer.hpp"

/// What is behind the handles of the interface.
namespace waxwing::inline v0::impl {

struct EngineState {
  explicit EngineState(const Config& given);

  Config config;
  runtime::Engine engine;
  Timekeeper timekeeper;

  [[nodiscard]] static const std::shared_ptr<EngineState>& of(const Engine& engine) {
    return engine.state_;
  }
  [[nodiscard]] static Engine handle(std::shared_ptr<EngineState> state);
  [[nodiscard]] static core::FeatureSet features(const Features& features);
};

struct ModuleState : std::enable_shared_from_this<ModuleState> {
  ModuleState(std::shared_ptr<EngineState> from, std::string_view called)
      : engine(std::move(from)), name(called) {}
  ~ModuleState();
  ModuleState(const ModuleState&) = delete;

  /// Takes or keeps the bytes.
  void hold(std::span<const std::byte> given, const ModuleOptions& options);
  /// Decodes and validates what `bytes` shows.
  [[nodiscard]] static Result<Module> load(std::shared_ptr<ModuleState> state);
  /// The same for what is inside an image; see image.cc.
  [[nodiscard]] static Result<Module> load_image(std::shared_ptr<ModuleState> state);
  [[nodiscard]] static const std::shared_ptr<ModuleState>& of(const Module& module) {
    return module.state_;
  }
  [[nodiscard]] static Module handle(std::shared_ptr<ModuleState> state);
  [[nodiscard]] const core::Module& module() const { return loaded->module(); }
  /// The same; of a module with the code of an image, what that was compiled from.
  [[nodiscard]] const core::Module& source_module() const {
    return origin != nullptr ? origin->module() : module();
  }
  [[nodiscard]] std::span<const uint8_t> source_bytes() const {
    if (origin != nullptr) return origin->bytes;
    return bytes;
  }
  /// Whether the module was made from text.
  [[nodiscard]] bool is_text() const {
    return origin != nullptr ? origin->is_text() : locate != nullptr;
  }
  [[nodiscard]] Error error(const core::Error& wrong) const;
  [[nodiscard]] std::string function_name(uint32_t index);
  [[nodiscard]] std::optional<Position> position(uint32_t offset);

  std::shared_ptr<EngineState> engine;
  std::string name;
  /// The module, in one of the three that follow.
  std::span<const uint8_t> bytes;
  std::shared_ptr<const void> owner;
  std::vector<uint8_t> storage;
  platform::MappedFile file;
  /// Where an image was; empty where that is nobody's business.
  std::string folder;
  /// What was split off the image.
  platform::MappedFile trace_file;
  [[nodiscard]] std::span<const uint8_t> open_trace_file(std::string_view called);
  runtime::LoadedModule* loaded = nullptr;
  FindLines find_lines;
  /// Of an image: code may run where the bytes are.
  bool private_pages = false;
  /// Of an image: a file that has the same bytes, or -1.
  int image_file = -1;
  /// Out of an image: `bytes` may lack the code.
  bool is_image = false;
  /// Adds what frames of compiled code say beside where they are to a trap whose frames are `from`;
  /// set for modules out of images, so that only they need that room.
  void (*add_frame_facts)(StoreState& state, std::span<const runtime::Frame> from,
                          Trap& trap) = nullptr;
  /// What the image was compiled from, where that is known.
  std::shared_ptr<ModuleState> origin;

  /// The source of a module that was made from text, in `source_storage` or `file`, and who can
  /// find places in it: null for a module that was not, so that those who use no text link none of
  /// it.
  std::string_view source;
  std::string source_storage;
  std::optional<Position> (*locate)(ModuleState& module, uint32_t offset) = nullptr;
  std::vector<text::SourceLocation> source_map;

  /// Guards what is made when it is first asked for.
  std::mutex lazy;
  std::unique_ptr<describe::FunctionNames> names;
  bool has_source_map = false;
};

/// A reference that is kept alive. Belongs to its store's thread; may outlive the store.
class Root {
 public:
  Root(runtime::Heap& heap, runtime::Ref ref) : rooted_(heap, ref) {}
  [[nodiscard]] runtime::Ref get() const { return rooted_.get(); }

 private:
  runtime::Rooted rooted_;
};

/// The threads of a guest; see threads.cc, which alone knows more.
class Threads {
 public:
  virtual ~Threads() = default;
  virtual Result<void> end(Result<void> first) = 0;
  /// The store of the thread that ended the program; null as long as it runs.
  [[nodiscard]] virtual runtime::Store* ended_in() const = 0;
};

/// A host function's own. Never moves: the core has its address.
struct HostData {
  StoreState* store;
  typed::HostRecord record;
};

struct StoreState {
  StoreState(std::shared_ptr<EngineState> from, const Limits& given)
      : engine(std::move(from)), engine_handle(EngineState::handle(engine)), limits(given),
        control(std::make_shared<StoreControl>()) {}
  ~StoreState();
  StoreState(const StoreState&) = delete;

  /// The interface's side of a linker of the core's.
  [[nodiscard]] Linker borrow(runtime::Linker& other);
  [[nodiscard]] static Store handle(std::unique_ptr<StoreState> state);
  /// Calls a function and turns a bad end into an error.
  [[nodiscard]] Result<void> call(const runtime::FuncRef* function, runtime::Cell* cells);
  /// The error for an outcome that is not `ok`.
  [[nodiscard]] Error failure(runtime::Outcome outcome);
  /// Stops the guest that called the host with an error of the host's, or throws its exception.
  [[nodiscard]] runtime::Outcome raise(Error error);
  /// Frames with names and lines.
  [[nodiscard]] std::vector<Frame> frames_of(std::span<const runtime::Frame> from);
  [[nodiscard]] runtime::TypeRegistry& types() { return engine->engine.types(); }

  std::shared_ptr<EngineState> engine;
  Engine engine_handle;
  Limits limits;
  std::shared_ptr<StoreControl> control;
  runtime::Store* store = nullptr;
  /// The handle, which moves.
  Store* self = nullptr;
  /// The store of another thread of a guest, whose end is not up to this.
  bool is_joined = false;

  /// Modules with an instance here.
  std::vector<std::shared_ptr<ModuleState>> modules;
  std::deque<HostData> host_functions;
  /// What host functions of other rooms need; ends after the instances.
  std::vector<std::shared_ptr<void>> attached;
  /// Define these functions for the store of another thread.
  std::vector<std::function<std::expected<void, core::Error>(runtime::Linker&)>> shared_functions;
  std::unique_ptr<Threads> threads;
  std::function<void(const Collection&)> collection_observer;

  struct Object {
    std::shared_ptr<void> object;
    const void* type = nullptr;
    uint32_t generation = 0;
    /// The object of the heap that stands for it.
    std::unique_ptr<Root> root;
  };
  std::vector<Object> objects;
  std::vector<uint32_t> free_objects;

  TraceStyle trace_style;
  /// The text of a trap of the host while it is on its way.
  std::string host_message;
  /// A trap of an inner call that goes on through a host function, or an exception.
  std::shared_ptr<const Trap> inner;
  std::shared_ptr<const Exception> inner_exception;
};

} // namespace waxwing::inline v0::impl
