// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Matching (spec section 3.3): subtyping between types of one module whose indices are in range and
// whose canonical indices are known.
#include "wasm/matching.hpp"

namespace waxwing {

namespace {

bool abstract_matches(HeapType sub, HeapType super) {
  switch (super.code()) {
  case heap::any.code():
    return sub == heap::eq || sub == heap::i31 || sub == heap::struct_ || sub == heap::array ||
           sub == heap::none;
  case heap::eq.code():
    return sub == heap::i31 || sub == heap::struct_ || sub == heap::array || sub == heap::none;
  case heap::i31.code():
  case heap::struct_.code():
  case heap::array.code(): return sub == heap::none;
  case heap::func.code(): return sub == heap::nofunc;
  case heap::extern_.code(): return sub == heap::noextern;
  case heap::exn.code(): return sub == heap::noexn;
  default: return false;
  }
}

HeapType abstract_of(TypeKind kind) {
  switch (kind) {
  case TypeKind::func: return heap::func;
  case TypeKind::struct_: return heap::struct_;
  default: return heap::array;
  }
}

} // namespace

bool type_index_matches(const Module& module, TypeIndex sub, TypeIndex super) {
  const TypeIndex wanted = module.types[super].canonical;
  for (TypeIndex at = sub; at != kNoIndex; at = module.types[at].supertype)
    if (module.types[at].canonical == wanted) return true;
  return false;
}

bool matches(const Module& module, HeapType sub, HeapType super) {
  if (sub == super || sub == heap::bottom) return true;
  if (sub.is_concrete()) {
    if (super.is_concrete()) return type_index_matches(module, sub.index(), super.index());
    const HeapType kind = abstract_of(module.types[sub.index()].kind);
    return kind == super || abstract_matches(kind, super);
  }
  if (super.is_concrete()) {
    const bool is_func = module.types[super.index()].kind == TypeKind::func;
    return sub == (is_func ? heap::nofunc : heap::none);
  }
  return abstract_matches(sub, super);
}

bool matches(const Module& module, ValType sub, ValType super) {
  if (sub == super || sub.is_bottom()) return true;
  if (!sub.is_ref() || !super.is_ref()) return false;
  if (sub.is_nullable() && !super.is_nullable()) return false;
  return matches(module, sub.heap_type(), super.heap_type());
}

bool matches(const Module& module, const FieldType& sub, const FieldType& super) {
  if (sub.mutable_ != super.mutable_) return false;
  if (!matches(module, sub.storage, super.storage)) return false;
  return !sub.mutable_ || matches(module, super.storage, sub.storage);
}

bool matches(const Module& module, std::span<const ValType> sub, std::span<const ValType> super) {
  if (sub.size() != super.size()) return false;
  for (size_t i = 0; i < sub.size(); ++i)
    if (!matches(module, sub[i], super[i])) return false;
  return true;
}

bool structure_matches(const Module& module, const DefType& sub, const DefType& super) {
  if (sub.kind != super.kind || sub.shared != super.shared) return false;
  if (sub.kind == TypeKind::func)
    return matches(module, super.params, sub.params) && matches(module, sub.results, super.results);
  if (sub.fields.size() < super.fields.size()) return false;
  for (size_t i = 0; i < super.fields.size(); ++i)
    if (!matches(module, sub.fields[i], super.fields[i])) return false;
  return true;
}

HeapType top_of(const Module& module, HeapType type) {
  if (type.is_concrete())
    return module.types[type.index()].kind == TypeKind::func ? heap::func : heap::any;
  switch (type.code()) {
  case heap::func.code():
  case heap::nofunc.code(): return heap::func;
  case heap::extern_.code():
  case heap::noextern.code(): return heap::extern_;
  case heap::exn.code():
  case heap::noexn.code(): return heap::exn;
  default: return heap::any;
  }
}

} // namespace waxwing
