// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Random functions: trees of expressions and statements are run by a direct evaluator and, as
// modules, by the interpreter in each of its modes. What an expression leaves on the operand stack
// while others set locals, branch, call or throw is what the translator has to get right.
#include "interp_fixture.hpp"
#include "interp_random_trees.hpp"

#include "runtime/exception.hpp"

namespace waxwing::interp::testing {
namespace {

using Bytes = std::vector<uint8_t>;

void leb(Bytes& out, uint64_t value) {
  do {
    const auto byte = static_cast<uint8_t>(value & 0x7F);
    value >>= 7;
    out.push_back(static_cast<uint8_t>(value != 0 ? byte | 0x80 : byte));
  } while (value != 0);
}
void sleb(Bytes& out, int64_t value) {
  for (;;) {
    const auto byte = static_cast<uint8_t>(value & 0x7F);
    value >>= 7;
    const bool last = (value == 0 && (byte & 0x40) == 0) || (value == -1 && (byte & 0x40) != 0);
    out.push_back(static_cast<uint8_t>(last ? byte : byte | 0x80));
    if (last) return;
  }
}

/// Writes a tree as a module: functions 0 to 3 are the callees by type, 4 is the tree, 5 to 8 the
/// callees that may throw; tags 0 to 3 are those by type. `filler` locals lie in front of its own.
class Writer {
 public:
  Writer(const Generator& generator, uint32_t filler) : generator_(generator), filler_(filler) {}

  Bytes module(const Node& body) {
    Bytes code{0};
    code.clear();
    const size_t own = generator_.locals.size() - Generator::kParams;
    leb(code, own + 1);
    leb(code, filler_);
    code.push_back(0x7E);
    for (size_t i = Generator::kParams; i < generator_.locals.size(); ++i) {
      leb(code, 1);
      code.push_back(kTypeCode[at(generator_.locals[i])]);
    }
    emit_all(code, body.children);
    code.push_back(0x0B);

    Bytes out{0, 'a', 's', 'm', 1, 0, 0, 0};
    Bytes types;
    leb(types, kTypes * 3 + 1);
    for (int i = 0; i < kTypes; ++i)
      types.insert(types.end(), {0x60, 2, kTypeCode[i], 0x7F, 1, kTypeCode[i]});
    types.insert(types.end(),
                 {0x60, 4, 0x7F, 0x7E, 0x7D, 0x7C, 1, kTypeCode[at(generator_.result)]});
    // What a block gets that catches with a reference, and what tags carry.
    for (const uint8_t type : kTypeCode) types.insert(types.end(), {0x60, 0, 2, type, kExnref});
    for (const uint8_t type : kTypeCode) types.insert(types.end(), {0x60, 1, type, 0});
    section(out, 1, types);
    section(out, 3, {9, 0, 1, 2, 3, 4, 0, 1, 2, 3});
    section(out, 5, {1, 0, 1});
    section(out, 13, {4, 0, 9, 0, 10, 0, 11, 0, 12});
    section(out, 7, {1, 1, 'f', 0, 4});
    Bytes codes{9};
    for (int i = 0; i < kTypes; ++i) {
      // i32.store offset=8 (i32.const 0) (local.get 1); local.get 0
      const Bytes callee{0, 0x41, 0, 0x20, 1, 0x36, 2, 8, 0x20, 0, 0x0B};
      leb(codes, callee.size());
      codes.insert(codes.end(), callee.begin(), callee.end());
    }
    leb(codes, code.size());
    codes.insert(codes.end(), code.begin(), code.end());
    for (uint8_t tag = 0; tag < kTypes; ++tag) {
      // (if (i32.eqz (i32.and (local.get 1) (i32.const 3))) (then (throw tag (local.get 0))))
      const Bytes thrower{0,    0x20, 1, 0x41, 3,   0x71, 0x45, 0x04, 0x40,
                          0x20, 0,    8, tag,  0xB, 0x20, 0,    0xB};
      leb(codes, thrower.size());
      codes.insert(codes.end(), thrower.begin(), thrower.end());
    }
    section(out, 10, codes);
    return out;
  }

 private:
  static void section(Bytes& out, uint8_t id, const Bytes& content) {
    out.push_back(id);
    leb(out, content.size());
    out.insert(out.end(), content.begin(), content.end());
  }
  void local(Bytes& out, uint8_t code, uint32_t index) {
    out.push_back(code);
    leb(out, index < Generator::kParams ? index : index + filler_);
  }
  static void note(Bytes& out, int value) {
    // (i32.store offset=16 (i32.const 0) (i32.const value))
    out.insert(out.end(), {0x41, 0, 0x41});
    sleb(out, value);
    out.insert(out.end(), {0x36, 2, kNoted});
  }
  void emit_try(Bytes& out, const Node& n) {
    const uint8_t type = kTypeCode[at(n.type)];
    const auto tag = static_cast<uint8_t>(at(n.type));
    const auto body = [&] { emit_all(out, n.children); };
    const auto put = [&](std::initializer_list<uint8_t> bytes) {
      out.insert(out.end(), bytes.begin(), bytes.end());
    };
    switch (static_cast<Try>(n.code)) {
    case Try::catch_:
      put({0x02, type, 0x1F, type, 1, 0, tag, 0});
      body();
      put({0x0B, 0x0B});
      break;
    case Try::catch_ref:
      put({0x02, type, 0x02, static_cast<uint8_t>(5 + tag), 0x1F, type, 1, 1, tag, 0});
      body();
      put({0x0B, 0x0C, 1, 0x0B, 0x1A, 0x0B});
      break;
    case Try::rethrow:
      put({0x02, type, 0x02, kExnref, 0x1F, type, 1, 3, 0});
      body();
      put({0x0B, 0x0C, 1, 0x0B});
      note(out, 77);
      put({0x0A, 0x0B});
      break;
    case Try::legacy:
      put({0x06, type});
      body();
      put({0x07, tag, 0x0B});
      break;
    case Try::legacy_rethrow:
      put({0x06, type});
      body();
      put({0x07, tag});
      note(out, 80);
      put({0x09, 0, 0x0B});
      break;
    case Try::legacy_delegate:
      put({0x06, type});
      body();
      put({0x18});
      leb(out, n.index);
      break;
    default:
      put({0x06, type});
      body();
      put({0x07, tag});
      local(out, 0x21, n.index);
      emit_all(out, n.more);
      put({0x0B});
    }
  }
  void emit_all(Bytes& out, const std::vector<Node>& nodes) {
    for (const Node& node : nodes) emit(out, node);
  }
  void emit(Bytes& out, const Node& n) {
    switch (n.kind) {
    case Node::Kind::constant:
      out.push_back(static_cast<uint8_t>(0x41 + at(n.type)));
      if (n.type == T::i32) {
        sleb(out, static_cast<int32_t>(static_cast<uint32_t>(n.bits)));
      } else if (n.type == T::i64) {
        sleb(out, static_cast<int64_t>(n.bits));
      } else {
        const auto* bytes = reinterpret_cast<const uint8_t*>(&n.bits);
        out.insert(out.end(), bytes, bytes + (n.type == T::f32 ? 4 : 8));
      }
      break;
    case Node::Kind::get: local(out, 0x20, n.index); break;
    case Node::Kind::set:
      emit_all(out, n.children);
      local(out, 0x21, n.index);
      break;
    case Node::Kind::tee:
      emit_all(out, n.children);
      local(out, 0x22, n.index);
      break;
    case Node::Kind::binary:
    case Node::Kind::compare:
    case Node::Kind::convert:
      emit_all(out, n.children);
      out.push_back(n.code);
      break;
    case Node::Kind::eqz:
      emit_all(out, n.children);
      out.push_back(n.type == T::i32 ? 0x45 : 0x50);
      break;
    case Node::Kind::select:
      emit_all(out, n.children);
      out.push_back(0x1B);
      break;
    case Node::Kind::block:
      out.insert(out.end(), {0x02, kTypeCode[at(n.type)]});
      emit_all(out, n.children);
      out.push_back(0x0B);
      break;
    case Node::Kind::if_:
      emit(out, n.more.back());
      out.insert(out.end(), {0x04, n.bits == 0 ? kTypeCode[at(n.type)] : uint8_t{0x40}});
      emit_all(out, n.children);
      if (n.more.size() > 1 || n.bits == 0) {
        out.push_back(0x05);
        for (size_t i = 0; i + 1 < n.more.size(); ++i) emit(out, n.more[i]);
      }
      out.push_back(0x0B);
      break;
    case Node::Kind::load:
    case Node::Kind::store:
      emit_all(out, n.children);
      out.insert(out.end(), {n.code, 0});
      leb(out, n.index);
      break;
    case Node::Kind::call:
      emit_all(out, n.children);
      out.insert(out.end(), {0x10, static_cast<uint8_t>(at(n.type) + (n.code != 0 ? 5 : 0))});
      break;
    case Node::Kind::try_: emit_try(out, n); break;
    case Node::Kind::throw_:
      emit_all(out, n.children);
      out.insert(out.end(), {0x08, static_cast<uint8_t>(at(n.type))});
      break;
    case Node::Kind::drop:
      emit_all(out, n.children);
      out.push_back(0x1A);
      break;
    case Node::Kind::loop: {
      const bool wide = n.type == T::i64;
      const auto number = [&](int64_t value) {
        out.push_back(wide ? 0x42 : 0x41);
        sleb(out, value);
      };
      number(n.code == 0 ? static_cast<int64_t>(n.bits) : 0);
      local(out, 0x21, n.index);
      out.insert(out.end(), {0x03, 0x40, 0x02, 0x40});
      emit_all(out, n.children);
      out.push_back(0x0B);
      local(out, 0x20, n.index);
      number(n.code == 0 ? -1 : 1);
      out.push_back(wide ? 0x7C : 0x6A);
      local(out, 0x22, n.index);
      if (n.code == 0) {
        if (wide) out.insert(out.end(), {0x50, 0x45}); // i64.eqz i32.eqz
      } else {
        number(static_cast<int64_t>(n.bits));
        out.push_back(wide ? 0x54 : 0x49); // lt_u
      }
      out.insert(out.end(), {0x0D, 0x00, 0x0B});
      break;
    }
    case Node::Kind::br_if:
      emit_all(out, n.children);
      out.push_back(0x0D);
      leb(out, n.index);
      break;
    case Node::Kind::br_if_value:
      emit_all(out, n.children);
      out.push_back(0x0D);
      leb(out, n.index);
      out.push_back(0x1A);
      break;
    case Node::Kind::br_table:
      out.insert(out.end(), {0x02, 0x40, 0x02, 0x40, 0x02, 0x40});
      emit_all(out, n.children);
      out.insert(out.end(), {0x0E, 2, 0, 1, 2});
      for (const Node& part : n.more) {
        out.push_back(0x0B);
        emit_all(out, part.children);
      }
      break;
    case Node::Kind::br:
    case Node::Kind::br_value:
      emit_all(out, n.children);
      out.push_back(0x0C);
      leb(out, n.index);
      break;
    case Node::Kind::return_:
      emit_all(out, n.children);
      out.push_back(0x0F);
      break;
    case Node::Kind::nop: out.push_back(0x01); break;
    }
  }

  const Generator& generator_;
  uint32_t filler_;
};

void compare_seeds(uint32_t from, uint32_t to, runtime::EngineConfig config, uint32_t filler) {
  config.features.add(Feature::legacy_exceptions);
  for (uint32_t seed = from; seed < to; ++seed) {
    Generator generator(seed);
    const Node body = generator.body();
    const uint64_t arguments[] = {seed * 2654435761u, uint64_t{seed} << 33 | 77,
                                  bits_of(static_cast<float>(seed) / 3),
                                  bits_of(static_cast<double>(seed) * -1.5)};
    std::vector<uint64_t> locals(generator.locals.size());
    std::copy_n(arguments, 4, locals.begin());
    locals[0] = static_cast<uint32_t>(locals[0]);
    Evaluator evaluator(locals);
    const uint64_t expected = evaluator.run(body);

    World world(config);
    Instance* instance = world.add_binary(Writer(generator, filler).module(body));
    ASSERT_NE(instance, nullptr) << "seed " << seed;
    const Answer answer =
        world.call("f", static_cast<uint32_t>(arguments[0]), arguments[1],
                   std::bit_cast<float>(static_cast<uint32_t>(arguments[2])), arguments[3]);
    if (evaluator.has_thrown()) {
      ASSERT_EQ(answer.outcome, Outcome::exception) << "seed " << seed;
      const runtime::ExceptionObject& thrown = runtime::exception_of(world.store->exception);
      const T type = evaluator.thrown_type();
      ASSERT_EQ(thrown.tag, instance->tag(static_cast<uint32_t>(at(type)))) << "seed " << seed;
      uint64_t value = 0;
      std::memcpy(&value, thrown.cells(), type == T::i64 || type == T::f64 ? 8 : 4);
      ASSERT_EQ(normal(type, value), normal(type, expected)) << "seed " << seed;
      continue;
    }
    ASSERT_EQ(answer.outcome, Outcome::ok) << "seed " << seed;
    ASSERT_EQ(normal(generator.result, answer.as<uint64_t>()), normal(generator.result, expected))
        << "seed " << seed;
  }
}

TEST(InterpRandom, TreesGiveTheSame) { compare_seeds(0, 6000, {}, 0); }
TEST(InterpRandom, WithFuelAndPolling) {
  compare_seeds(3000, 4000, {.metering = true, .polling = true}, 0);
}
TEST(InterpRandom, InFramesBeyondNarrowOffsets) { compare_seeds(4000, 4300, {}, 9000); }
TEST(InterpRandom, AcrossTheEdgeOfNarrowOffsets) {
  // The frame's end lies among the slots that are used.
  for (uint32_t filler = 8140; filler < 8190; ++filler)
    compare_seeds(filler, filler + 5, {}, filler);
}

} // namespace
} // namespace waxwing::interp::testing
