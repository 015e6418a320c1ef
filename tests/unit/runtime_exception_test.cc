// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Exceptions as every engine and the host see them.
#include "unit/runtime_fixture.hpp"

#include "runtime/exception.hpp"

namespace waxwing::runtime::testing {
namespace {

class RuntimeException : public RuntimeTest {
 protected:
  RuntimeException() : RuntimeTest(StoreLimits{}) {
    const ValType params[] = {val::i64, val::f32};
    type_ = *engine_.types().intern_function(params, {});
    tag_ = *store_->host_tag(type_);
  }

  std::vector<Cell> values(uint64_t first, float second) const {
    std::vector<Cell> cells(type_->param_cells);
    store_cell(cells.data(), first);
    store_cell(cells.data() + cells_of(val::i64), second);
    return cells;
  }

  const RuntimeType* type_;
  Tag* tag_;
};

TEST_F(RuntimeException, HoldsACopyOfItsValues) {
  std::vector<Cell> cells = values(0x1122334455667788, 1.5f);
  EXPECT_EQ(throw_exception(*store_, *tag_, cells.data()), Outcome::exception);
  std::fill(cells.begin(), cells.end(), Cell{0});
  const ExceptionObject& exception = exception_of(store_->exception);
  EXPECT_EQ(exception.tag, tag_);
  ASSERT_EQ(values_of(exception).size(), type_->param_cells);
  EXPECT_EQ(load_cell<uint64_t>(exception.cells()), 0x1122334455667788u);
  EXPECT_EQ(load_cell<float>(exception.cells() + cells_of(val::i64)), 1.5f);
  EXPECT_EQ(ref_of(&exception), store_->exception);
}

TEST_F(RuntimeException, IsInFlightUntilItIsCaught) {
  const std::vector<Cell> cells = values(1, 2);
  ASSERT_EQ(throw_exception(*store_, *tag_, cells.data()), Outcome::exception);
  const Ref caught = catch_exception(*store_);
  EXPECT_NE(caught, 0u);
  EXPECT_EQ(store_->exception, 0u);
  EXPECT_EQ(rethrow_exception(*store_, caught), Outcome::exception);
  EXPECT_EQ(store_->exception, caught);
}

TEST_F(RuntimeException, NullCannotBeThrown) {
  EXPECT_EQ(rethrow_exception(*store_, 0), Outcome::trap);
  EXPECT_EQ(store_->trap.kind, TrapKind::null_exception_reference);
}

TEST_F(RuntimeException, TheBoundaryTakesTheFrames) {
  ModuleBuilder builder;
  builder.type(func_type({}, {}));
  builder.export_("f", ExternKind::func, builder.func(0));
  Instance& instance = instantiate(builder);
  TestBackend::body = [this](Instance&, FuncIndex, Cell*) {
    return throw_exception(*store_, *tag_, values(1, 2).data());
  };
  void* const before = store_->activation;
  Cell none{};
  EXPECT_EQ(call(*store_, exported(instance, "f").func, &none), Outcome::exception);
  EXPECT_EQ(store_->activation, before);
  ASSERT_EQ(store_->trap.trace.count, 1u);
  EXPECT_EQ(store_->trap.trace.first[0].offset, 0x10u);
  // The next throw begins a trace of its own.
  EXPECT_EQ(throw_exception(*store_, *tag_, values(1, 2).data()), Outcome::exception);
  EXPECT_EQ(store_->trap.trace.count, 0u);
}

TEST_F(RuntimeException, TagsLinkByTheirExactType) {
  ModuleBuilder exporter;
  exporter.type(func_type({kI32}, {}));
  exporter.export_("t", ExternKind::tag, exporter.tag(0));
  Instance& first = instantiate(exporter);
  Instance& second = instantiate(exporter);
  EXPECT_NE(first.tag(0), second.tag(0));
  EXPECT_EQ(first.tag(0)->type, second.tag(0)->type);

  ModuleBuilder importer;
  importer.type(func_type({kI32}, {}));
  importer.import("m", "t", ExternKind::tag, Bytes{0, 0});
  importer.tag(0);
  EXPECT_EQ(instantiate(importer, {exported(first, "t")}).tag(0), first.tag(0));

  ModuleBuilder wrong;
  wrong.type(func_type({kI64}, {}));
  wrong.import("m", "t", ExternKind::tag, Bytes{0, 0});
  Outcome outcome{};
  const Extern given[] = {exported(first, "t")};
  const auto refused = runtime::instantiate(*store_, load(wrong), given, outcome);
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().code, ErrorCode::incompatible_import_type);
}

} // namespace
} // namespace waxwing::runtime::testing
