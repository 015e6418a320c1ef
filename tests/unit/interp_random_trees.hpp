// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random trees of expressions and statements, and what they mean by direct evaluation.
#pragma once

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

namespace waxwing::interp::testing {

enum class T : uint8_t { i32, i64, f32, f64 };
inline constexpr int kTypes = 4;

struct Node {
  enum class Kind : uint8_t {
    // expressions
    constant,
    get,
    tee,
    binary,
    compare,
    eqz,
    convert,
    select,
    block,
    if_,
    load,
    call,
    try_,
    // statements
    set,
    store,
    drop,
    loop,
    br_if,
    br_if_value,
    br_table,
    br,
    br_value,
    return_,
    throw_,
    nop,
  };
  Kind kind{};
  T type{};           // of the value; of the operands for comparisons
  uint8_t code = 0;   // of the operator
  uint32_t index = 0; // local, label, offset
  uint64_t bits = 0;
  std::vector<Node> children{};
  std::vector<Node> more{}; // the else branch
};

/// What a try does with exceptions that carry a value of its type.
enum class Try : uint8_t {
  catch_,    // gives the value
  catch_ref, // the same, and drops the reference
  rethrow,   // notes it, for any exception, and throws it again
  legacy,    // gives the value
  legacy_rethrow,
  legacy_delegate,
  legacy_handler, // sets a local to the value and goes on in its own way
  count,
};
inline constexpr uint32_t kMemory = 4096;
/// Where tries note what they throw again.
inline constexpr uint32_t kNoted = 16;

/// Operators that exist for each type, by their codes.
inline constexpr uint8_t kBinary[kTypes][12] = {
    {0x6A, 0x6B, 0x6C, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x6A},
    {0x7C, 0x7D, 0x7E, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8A, 0x7C},
    {0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x92, 0x93, 0x94, 0x92, 0x93},
    {0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA5, 0xA6, 0xA0, 0xA1, 0xA2, 0xA0, 0xA1},
};
inline constexpr uint8_t kCompareFirst[kTypes] = {0x46, 0x51, 0x5B, 0x61};
inline constexpr int kCompareCount[kTypes] = {10, 10, 6, 6};
inline constexpr uint8_t kLoad[kTypes] = {0x28, 0x29, 0x2A, 0x2B};
inline constexpr uint8_t kStore[kTypes] = {0x36, 0x37, 0x38, 0x39};
inline constexpr uint8_t kTypeCode[kTypes] = {0x7F, 0x7E, 0x7D, 0x7C};
inline constexpr uint8_t kExnref = 0x69;

inline size_t at(T type) { return static_cast<size_t>(type); }

template <class F>
uint64_t bits_of(F value) {
  if constexpr (sizeof(F) == 4)
    return std::bit_cast<uint32_t>(value);
  else
    return std::bit_cast<uint64_t>(value);
}

/// A NaN's payload is the machine's business.
inline uint64_t normal(T type, uint64_t bits) {
  if (type == T::i32) return static_cast<uint32_t>(bits);
  if (type == T::f32) {
    const auto low = static_cast<uint32_t>(bits);
    return std::isnan(std::bit_cast<float>(low)) ? 0x7FC00000u : low;
  }
  if (type == T::f64) return std::isnan(std::bit_cast<double>(bits)) ? 0x7FF8000000000000u : bits;
  return bits;
}

class Generator {
 public:
  explicit Generator(uint32_t seed) : random_(seed) {}

  /// The locals' types, parameters first.
  std::vector<T> locals;
  static constexpr size_t kParams = 4;
  T result{};

  Node body() {
    for (int i = 0; i < kTypes; ++i) locals.push_back(static_cast<T>(i));
    const int extra = pick(10);
    for (int i = 0; i < extra; ++i) locals.push_back(any_type());
    result = any_type();
    labels_.push_back({true, result});
    Node node{.kind = Node::Kind::block, .type = result};
    node.children = statements(4);
    node.children.push_back(expression(result, 5));
    return node;
  }

 private:
  struct Label {
    bool has_value;
    T type;
    /// Whether a branch may go there.
    bool is_usable = true;
  };

  int pick(int n) { return static_cast<int>(random_() % static_cast<uint32_t>(n)); }
  T any_type() { return static_cast<T>(pick(10) < 6 ? pick(2) : pick(kTypes)); }

  uint32_t local_of(T type) {
    for (;;) {
      const auto i = static_cast<uint32_t>(pick(static_cast<int>(locals.size())));
      if (locals[i] == type && !is_counter(i)) return i;
    }
  }
  bool is_counter(uint32_t index) const {
    for (const uint32_t counter : counters_)
      if (counter == index) return true;
    return false;
  }

  Node constant(T type) {
    Node node{.kind = Node::Kind::constant, .type = type};
    constexpr int64_t kNice[] = {0,  1,   -1,   2,     7,          8,
                                 31, 100, -128, 65535, 0x7FFFFFFF, -0x80000000ll};
    const int64_t value = pick(4) == 0 ? static_cast<int64_t>(random_() | uint64_t{random_()} << 32)
                                       : kNice[pick(12)];
    switch (type) {
    case T::i32: node.bits = static_cast<uint32_t>(value); break;
    case T::i64: node.bits = static_cast<uint64_t>(value); break;
    case T::f32: node.bits = bits_of(static_cast<float>(static_cast<double>(value) / 4)); break;
    case T::f64: node.bits = bits_of(static_cast<double>(value) / 4); break;
    }
    return node;
  }

  Node expression(T type, int depth) {
    if (depth <= 0)
      return pick(3) == 0 ? constant(type)
                          : Node{.kind = Node::Kind::get, .type = type, .index = local_of(type)};
    switch (pick(16)) {
    case 0: return constant(type);
    case 1:
    case 2: return {.kind = Node::Kind::get, .type = type, .index = local_of(type)};
    case 3: {
      Node node{.kind = Node::Kind::tee, .type = type};
      node.children.push_back(expression(type, depth - 1));
      node.index = local_of(type);
      return node;
    }
    case 4:
      if (type == T::i32) {
        if (pick(3) == 0) {
          Node node{.kind = Node::Kind::eqz, .type = static_cast<T>(pick(2))};
          node.children.push_back(expression(node.type, depth - 1));
          return node;
        }
        return comparison(depth);
      }
      [[fallthrough]];
    case 5:
      if (type == T::i64 || type == T::f64) {
        // i64.extend_i32_s or f64.convert_i32_s
        Node node{.kind = Node::Kind::convert,
                  .type = type,
                  .code = static_cast<uint8_t>(type == T::i64 ? 0xAC : 0xB7)};
        node.children.push_back(expression(T::i32, depth - 1));
        return node;
      }
      if (type == T::i32) {
        Node node{.kind = Node::Kind::convert, .type = type, .code = 0xA7}; // i32.wrap_i64
        node.children.push_back(expression(T::i64, depth - 1));
        return node;
      }
      [[fallthrough]];
    case 6: {
      Node node{.kind = Node::Kind::select, .type = type};
      node.children.push_back(expression(type, depth - 1));
      node.children.push_back(expression(type, depth - 1));
      node.children.push_back(expression(T::i32, depth - 1));
      return node;
    }
    case 7: {
      Node node{.kind = Node::Kind::block, .type = type};
      labels_.push_back({true, type});
      node.children = statements(depth - 1);
      node.children.push_back(expression(type, depth - 1));
      labels_.pop_back();
      return node;
    }
    case 8: {
      Node node{.kind = Node::Kind::if_, .type = type};
      Node condition = expression(T::i32, depth - 1);
      labels_.push_back({true, type});
      node.children = statements(depth - 2);
      node.children.push_back(expression(type, depth - 1));
      node.more = statements(depth - 2);
      node.more.push_back(expression(type, depth - 1));
      labels_.pop_back();
      node.more.push_back(std::move(condition));
      return node;
    }
    case 9: {
      Node node{.kind = Node::Kind::load, .type = type, .code = kLoad[at(type)]};
      node.children.push_back(address(depth));
      node.index = static_cast<uint32_t>(pick(3) * 8);
      return node;
    }
    case 10: {
      Node node{.kind = Node::Kind::call, .type = type};
      node.children.push_back(expression(type, depth - 1));
      node.children.push_back(expression(T::i32, depth - 1));
      node.code = pick(3) == 0 ? 1 : 0; // throws its value, or returns it
      return node;
    }
    case 11: return try_expression(type, depth);
    default: {
      Node node{.kind = Node::Kind::binary, .type = type, .code = kBinary[at(type)][pick(12)]};
      node.children.push_back(expression(type, depth - 1));
      node.children.push_back(expression(type, depth - 1));
      return node;
    }
    }
  }

  Node try_expression(T type, int depth) {
    Node node{.kind = Node::Kind::try_,
              .type = type,
              .code = static_cast<uint8_t>(pick(static_cast<int>(Try::count)))};
    const auto kind = static_cast<Try>(node.code);
    if (kind == Try::legacy_delegate)
      node.index = static_cast<uint32_t>(pick(static_cast<int>(labels_.size())));
    const size_t outside = labels_.size();
    if (kind < Try::legacy) labels_.push_back({true, type});
    if (kind == Try::catch_ref || kind == Try::rethrow) labels_.push_back({true, type, false});
    labels_.push_back({true, type});
    node.children = statements(depth - 1);
    node.children.push_back(expression(type, depth - 1));
    if (kind == Try::legacy_handler) {
      node.index = local_of(type);
      node.more = statements(depth - 1);
      node.more.push_back(expression(type, depth - 1));
    }
    labels_.resize(outside);
    return node;
  }

  uint32_t any_label() {
    for (;;) {
      const auto label = static_cast<uint32_t>(pick(static_cast<int>(labels_.size())));
      if (labels_[labels_.size() - 1 - label].is_usable) return label;
    }
  }

  Node comparison(int depth) {
    const T type = any_type();
    Node node{.kind = Node::Kind::compare,
              .type = type,
              .code =
                  static_cast<uint8_t>(kCompareFirst[at(type)] + pick(kCompareCount[at(type)]))};
    node.children.push_back(expression(type, depth - 1));
    node.children.push_back(expression(type, depth - 1));
    return node;
  }

  /// An address in bounds: masked, then perhaps with something added.
  Node address(int depth) {
    Node mask{.kind = Node::Kind::constant, .type = T::i32, .bits = 0x7F8};
    Node node{.kind = Node::Kind::binary, .type = T::i32, .code = 0x71};
    node.children.push_back(expression(T::i32, depth - 1));
    node.children.push_back(mask);
    if (pick(2) == 0) return node;
    Node sum{.kind = Node::Kind::binary, .type = T::i32, .code = 0x6A};
    sum.children.push_back(std::move(node));
    sum.children.push_back({.kind = Node::Kind::constant, .type = T::i32, .bits = 1024});
    return sum;
  }

  std::vector<Node> statements(int depth) {
    std::vector<Node> list;
    const int count = depth <= 0 ? pick(2) : pick(4);
    for (int i = 0; i < count; ++i) list.push_back(statement(depth));
    return list;
  }

  Node statement(int depth) {
    switch (depth <= 0 ? pick(4) : pick(16)) {
    case 0:
    case 1:
    case 2: {
      const T type = any_type();
      Node node{.kind = Node::Kind::set, .type = type};
      node.children.push_back(expression(type, depth - 1));
      node.index = local_of(type);
      return node;
    }
    case 3: {
      const T type = any_type();
      Node node{.kind = Node::Kind::store, .type = type, .code = kStore[at(type)]};
      node.children.push_back(address(depth));
      node.children.push_back(expression(type, depth - 1));
      node.index = static_cast<uint32_t>(pick(3) * 8);
      return node;
    }
    case 4: {
      Node node{.kind = Node::Kind::drop, .type = any_type()};
      node.children.push_back(expression(node.type, depth - 1));
      return node;
    }
    case 5:
    case 6: return loop(depth);
    case 7:
    case 8:
    case 9: {
      const uint32_t label = any_label();
      const Label target = labels_[labels_.size() - 1 - label];
      Node node{.kind = target.has_value ? Node::Kind::br_if_value : Node::Kind::br_if,
                .type = target.type,
                .index = label};
      if (target.has_value) node.children.push_back(expression(target.type, depth - 1));
      node.children.push_back(pick(2) == 0 ? comparison(depth) : expression(T::i32, depth - 1));
      return node;
    }
    case 10: {
      // An if without value, of one statement, that may leave for good.
      Node node{.kind = Node::Kind::if_, .type = T::i32};
      node.bits = 1; // no value
      Node condition = expression(T::i32, depth - 1);
      labels_.push_back({false, T::i32});
      node.children = statements(depth - 1);
      const int way = pick(6);
      if (way == 2) {
        const uint32_t label = any_label();
        const Label target = labels_[labels_.size() - 1 - label];
        Node leave{.kind = target.has_value ? Node::Kind::br_value : Node::Kind::br,
                   .type = target.type,
                   .index = label};
        if (target.has_value) leave.children.push_back(expression(target.type, depth - 1));
        node.children.push_back(std::move(leave));
      } else if (way == 3) {
        Node leave{.kind = Node::Kind::throw_, .type = any_type()};
        leave.children.push_back(expression(leave.type, depth - 1));
        node.children.push_back(std::move(leave));
      } else if (way == 0) {
        node.children.push_back({.kind = Node::Kind::br, .index = 0});
        node.children.push_back({.kind = Node::Kind::nop});
      } else if (way == 1) {
        Node leave{.kind = Node::Kind::return_, .type = result};
        leave.children.push_back(expression(result, depth - 1));
        node.children.push_back(std::move(leave));
      }
      if (pick(2) == 0) node.more = statements(depth - 1);
      labels_.pop_back();
      node.more.push_back(std::move(condition));
      return node;
    }
    case 11: {
      Node node{.kind = Node::Kind::br_table};
      for (int i = 0; i < 3; ++i) labels_.push_back({false, T::i32});
      node.children.push_back(expression(T::i32, depth - 1));
      node.more.resize(3);
      for (Node& part : node.more) {
        labels_.pop_back();
        part.kind = Node::Kind::block;
        part.children = statements(depth - 1);
      }
      return node;
    }
    default: return {.kind = Node::Kind::nop};
    }
  }

  /// A loop that runs a few times: counted down to zero or up to a bound, by a local of its own.
  Node loop(int depth) {
    Node node{.kind = Node::Kind::loop};
    node.index = static_cast<uint32_t>(locals.size());
    node.type = static_cast<T>(pick(2));
    locals.push_back(node.type);
    counters_.push_back(node.index);
    node.bits = static_cast<uint64_t>(1 + pick(4));
    node.code = static_cast<uint8_t>(pick(2));
    const size_t outer = labels_.size();
    // A branch to the loop itself would not end: only the count does.
    std::vector<Label> hidden;
    hidden.swap(labels_);
    labels_.push_back({false, T::i32}); // the block around the loop's body
    node.children = statements(depth - 1);
    labels_ = std::move(hidden);
    EXPECT_EQ(outer, labels_.size());
    return node;
  }

  std::mt19937 random_;
  std::vector<Label> labels_;
  std::vector<uint32_t> counters_;
};

/// Runs a tree directly.
class Evaluator {
 public:
  explicit Evaluator(std::vector<uint64_t> locals) : locals_(std::move(locals)), memory_(kMemory) {}

  static constexpr uint32_t kReturn = 1000;

  uint64_t run(const Node& body) {
    uint64_t value = block(body.children, true);
    if (leaving_) leaving_ = false, value = carried_;
    return value;
  }
  /// Whether `run` has ended with an exception, which carries what it returned, and of which type.
  [[nodiscard]] bool has_thrown() const { return thrown_; }
  [[nodiscard]] T thrown_type() const { return thrown_type_; }

 private:
  uint64_t block(const std::vector<Node>& nodes, bool has_value) {
    for (size_t i = 0; i < nodes.size(); ++i) {
      const uint64_t value = eval(nodes[i]);
      if (leaving_) return 0;
      if (has_value && i + 1 == nodes.size()) return value;
    }
    return 0;
  }
  /// Ends a block: a branch to it stops here.
  uint64_t label(uint64_t value) {
    if (!leaving_) return value;
    if (thrown_) {
      if (skipped_ != 0) --skipped_;
      return 0;
    }
    if (depth_ == 0) {
      leaving_ = false;
      return carried_;
    }
    --depth_;
    return 0;
  }
  void throw_(T type, uint64_t value) {
    leaving_ = thrown_ = true;
    thrown_type_ = type;
    carried_ = value;
    skipped_ = 0;
  }
  void note(uint32_t value) { std::memcpy(&memory_[kNoted], &value, sizeof value); }

  uint64_t try_(const Node& n) {
    const auto kind = static_cast<Try>(n.code);
    uint64_t value = block(n.children, true);
    const bool here = leaving_ && thrown_ && skipped_ == 0;
    const bool caught = here && thrown_type_ == n.type;
    switch (kind) {
    case Try::rethrow:
      if (here) note(77);
      break;
    case Try::legacy_rethrow:
      if (caught) note(80);
      break;
    case Try::legacy_delegate:
      value = label(value);
      if (here) skipped_ = n.index;
      return value;
    default:
      if (!caught) break;
      leaving_ = thrown_ = false;
      value = carried_;
      if (kind != Try::legacy_handler) return value;
      locals_[n.index] = value;
      value = block(n.more, true);
    }
    value = label(value);
    if (kind < Try::legacy) value = label(value);
    if (kind == Try::catch_ref || kind == Try::rethrow) value = label(value);
    return value;
  }

  void leave(uint32_t depth, uint64_t value) {
    leaving_ = true;
    depth_ = depth;
    carried_ = value;
  }

  /// Where a branch leads that leaves blocks `from` to 2 of a br_table, or 3.
  size_t close(size_t from) {
    for (size_t i = from; i < 3; ++i) {
      if (thrown_) {
        if (skipped_ != 0) --skipped_;
        continue;
      }
      if (depth_ == 0) {
        leaving_ = false;
        return i;
      }
      --depth_;
    }
    return 3;
  }

  uint64_t eval(const Node& n) {
    switch (n.kind) {
    case Node::Kind::constant: return n.bits;
    case Node::Kind::get: return locals_[n.index];
    case Node::Kind::tee:
    case Node::Kind::set: {
      const uint64_t value = eval(n.children[0]);
      if (!leaving_) locals_[n.index] = value;
      return value;
    }
    case Node::Kind::binary:
    case Node::Kind::compare: {
      const uint64_t a = eval(n.children[0]);
      if (leaving_) return 0;
      const uint64_t b = eval(n.children[1]);
      if (leaving_) return 0;
      return apply(n.code, a, b);
    }
    case Node::Kind::eqz: {
      const uint64_t a = eval(n.children[0]);
      return (n.type == T::i32 ? static_cast<uint32_t>(a) : a) == 0;
    }
    case Node::Kind::convert: {
      const uint64_t a = eval(n.children[0]);
      const auto low = static_cast<int32_t>(static_cast<uint32_t>(a));
      if (n.code == 0xAC) return static_cast<uint64_t>(int64_t{low});
      if (n.code == 0xB7) return bits_of(static_cast<double>(low));
      return static_cast<uint32_t>(a);
    }
    case Node::Kind::select: {
      const uint64_t a = eval(n.children[0]);
      if (leaving_) return 0;
      const uint64_t b = eval(n.children[1]);
      if (leaving_) return 0;
      const uint64_t c = eval(n.children[2]);
      return static_cast<uint32_t>(c) != 0 ? a : b;
    }
    case Node::Kind::block: return label(block(n.children, true));
    case Node::Kind::if_: {
      const uint64_t condition = eval(n.more.back());
      if (leaving_) return 0;
      const bool has_value = n.bits == 0;
      if (static_cast<uint32_t>(condition) != 0) return label(block(n.children, has_value));
      return label(block({n.more.begin(), n.more.end() - 1}, has_value));
    }
    case Node::Kind::load: {
      const uint64_t address = static_cast<uint32_t>(eval(n.children[0])) + n.index;
      if (leaving_) return 0;
      uint64_t value = 0;
      std::memcpy(&value, memory_.data() + address, is_wide(n.type) ? 8 : 4);
      return value;
    }
    case Node::Kind::store: {
      const uint64_t address = static_cast<uint32_t>(eval(n.children[0])) + n.index;
      if (leaving_) return 0;
      const uint64_t value = eval(n.children[1]);
      if (leaving_) return 0;
      std::memcpy(memory_.data() + address, &value, is_wide(n.type) ? 8 : 4);
      return 0;
    }
    case Node::Kind::call: {
      const uint64_t value = eval(n.children[0]);
      if (leaving_) return 0;
      const uint64_t index = eval(n.children[1]);
      if (leaving_) return 0;
      if (n.code != 0) {
        if ((index & 3) == 0) throw_(n.type, value);
        return value;
      }
      // The callee: stores its second argument, returns its first.
      const auto low = static_cast<uint32_t>(index);
      std::memcpy(&memory_[8], &low, 4);
      return value;
    }
    case Node::Kind::drop: (void)eval(n.children[0]); return 0;
    case Node::Kind::loop: {
      uint64_t count = n.code == 0 ? n.bits : 0;
      for (;;) {
        locals_[n.index] = count;
        (void)label(block(n.children, false));
        if (leaving_) return 0;
        count = n.code == 0 ? count - 1 : count + 1;
        locals_[n.index] = count;
        if (n.code == 0 ? count == 0 : count >= n.bits) return 0;
      }
    }
    case Node::Kind::br_if: {
      const uint64_t condition = eval(n.children[0]);
      if (!leaving_ && static_cast<uint32_t>(condition) != 0) leave(n.index, 0);
      return 0;
    }
    case Node::Kind::br_if_value: {
      const uint64_t value = eval(n.children[0]);
      if (leaving_) return 0;
      const uint64_t condition = eval(n.children[1]);
      if (!leaving_ && static_cast<uint32_t>(condition) != 0) leave(n.index, value);
      return 0;
    }
    case Node::Kind::br_table: {
      // Three blocks inside each other; part i is behind the end of block i.
      const auto index = static_cast<uint32_t>(eval(n.children[0]));
      size_t part = index < 2 ? index : 2;
      if (leaving_) part = close(0);
      while (part < 3) {
        (void)block(n.more[part].children, false);
        part = leaving_ ? close(part + 1) : part + 1;
      }
      return 0;
    }
    case Node::Kind::try_: return try_(n);
    case Node::Kind::throw_: {
      const uint64_t value = eval(n.children[0]);
      if (!leaving_) throw_(n.type, value);
      return 0;
    }
    case Node::Kind::br: leave(n.index, 0); return 0;
    case Node::Kind::br_value: {
      const uint64_t value = eval(n.children[0]);
      if (!leaving_) leave(n.index, value);
      return 0;
    }
    case Node::Kind::return_: {
      const uint64_t value = eval(n.children[0]);
      if (!leaving_) leave(kReturn, value);
      return 0;
    }
    case Node::Kind::nop: return 0;
    }
    return 0;
  }

  static bool is_wide(T type) { return type == T::i64 || type == T::f64; }

  template <class I>
  static uint64_t integer(int op, I a, I b) {
    using S = std::make_signed_t<I>;
    constexpr I kMask = sizeof(I) * 8 - 1;
    switch (op) {
    case 0: return static_cast<I>(a + b);
    case 1: return static_cast<I>(a - b);
    case 2: return static_cast<I>(a * b);
    case 7: return a & b;
    case 8: return a | b;
    case 9: return a ^ b;
    case 10: return static_cast<I>(a << (b & kMask));
    case 11: return static_cast<I>(static_cast<S>(a) >> (b & kMask));
    case 12: return a >> (b & kMask);
    case 13: return std::rotl(a, static_cast<int>(b & kMask));
    default: return std::rotr(a, static_cast<int>(b & kMask));
    }
  }
  template <class I>
  static bool compare(int op, I a, I b) {
    using S = std::make_signed_t<I>;
    const auto x = static_cast<S>(a);
    const auto y = static_cast<S>(b);
    switch (op) {
    case 0: return a == b;
    case 1: return a != b;
    case 2: return x < y;
    case 3: return a < b;
    case 4: return x > y;
    case 5: return a > b;
    case 6: return x <= y;
    case 7: return a <= b;
    case 8: return x >= y;
    default: return a >= b;
    }
  }
  template <class F>
  static bool compare_float(int op, F a, F b) {
    switch (op) {
    case 0: return a == b;
    case 1: return a != b;
    case 2: return a < b;
    case 3: return a > b;
    case 4: return a <= b;
    default: return a >= b;
    }
  }
  template <class F>
  static uint64_t floating(int op, F a, F b) {
    switch (op) {
    case 0: return bits_of(a + b);
    case 1: return bits_of(a - b);
    case 2: return bits_of(a * b);
    case 3: return bits_of(a / b);
    case 4:
    case 5: {
      if (std::isnan(a) || std::isnan(b)) return bits_of(a + b);
      const bool take_a = op == 4 ? (a < b || (a == b && std::signbit(a)))
                                  : (a > b || (a == b && !std::signbit(a)));
      return bits_of(take_a ? a : b);
    }
    default: return bits_of(std::copysign(a, b));
    }
  }
  static uint64_t apply(uint8_t code, uint64_t a, uint64_t b) {
    const auto a32 = static_cast<uint32_t>(a);
    const auto b32 = static_cast<uint32_t>(b);
    if (code >= 0x46 && code <= 0x4F) return compare(code - 0x46, a32, b32);
    if (code >= 0x51 && code <= 0x5A) return compare(code - 0x51, a, b);
    if (code >= 0x5B && code <= 0x60)
      return compare_float(code - 0x5B, std::bit_cast<float>(a32), std::bit_cast<float>(b32));
    if (code >= 0x61 && code <= 0x66)
      return compare_float(code - 0x61, std::bit_cast<double>(a), std::bit_cast<double>(b));
    if (code >= 0x6A && code <= 0x78) return integer(code - 0x6A, a32, b32);
    if (code >= 0x7C && code <= 0x8A) return integer(code - 0x7C, a, b);
    if (code >= 0x92 && code <= 0x98)
      return floating(code - 0x92, std::bit_cast<float>(a32), std::bit_cast<float>(b32));
    return floating(code - 0xA0, std::bit_cast<double>(a), std::bit_cast<double>(b));
  }

  std::vector<uint64_t> locals_;
  std::vector<uint8_t> memory_;
  bool leaving_ = false;
  bool thrown_ = false;
  T thrown_type_{};
  /// Labels whose tries a delegated exception passes by.
  uint32_t skipped_ = 0;
  uint32_t depth_ = 0;
  uint64_t carried_ = 0;
};

} // namespace waxwing::interp::testing
