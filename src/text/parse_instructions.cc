// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Sequences of instructions (spec section 6.5): plain, structured and folded. Nesting lives on a
// stack of frames, so its depth is limited by memory alone.
#include "text/module_parser.hpp"

namespace waxwing::text {

namespace {

constexpr uint8_t kEnd = 0x0B;

bool is_block(Op op) {
  return op == Op::block || op == Op::loop || op == Op::if_ || op == Op::try_ ||
         op == Op::try_table;
}

bool is_middle(Op op) {
  return op == Op::else_ || op == Op::end || op == Op::catch_ || op == Op::catch_all ||
         op == Op::delegate;
}

} // namespace

Parsed<void> ModuleParser::expression(Bytes& out) {
  TRY(instructions(out));
  out.u8(kEnd);
  return {};
}

Parsed<void> ModuleParser::instructions(Bytes& out, bool one) {
  const size_t base = frames_.size();
  if (one) {
    if (!at(TokenKind::open)) return unexpected("`(`");
    TRY(folded(out));
    if (frames_.size() == base) return {};
  }
  for (;;) {
    switch (peek().kind) {
    case TokenKind::open: TRY(folded(out)); break;
    case TokenKind::close:
      if (frames_.size() == base) {
        if (hint_ >= 0)
          return fail(tokens_[hint_token_],
                      "@metadata.code.branch_hint annotation: invalid target");
        return {};
      }
      TRY(close_folded(out));
      if (one && frames_.size() == base) return {};
      break;
    case TokenKind::annotation: TRY(branch_hint()); break;
    default: TRY(flat(out));
    }
  }
}

// --- Labels

void ModuleParser::begin_block(Frame& frame, std::string_view label, std::string_view name) {
  if (label.data() != nullptr) {
    frame.has_label = true;
    frame.label = label;
    const auto [found, added] = labels_.emplace(label, label_depth_);
    if (!added) {
      frame.shadowed = found->second;
      found->second = label_depth_;
    }
  }
  if (name.data() != nullptr) current_labels_.push_back({label_count_, name});
  ++label_count_;
  ++label_depth_;
}

void ModuleParser::end_block(const Frame& frame) {
  --label_depth_;
  if (!frame.has_label) return;
  if (frame.shadowed == kNoIndex)
    labels_.erase(frame.label);
  else
    labels_[frame.label] = frame.shadowed;
}

Parsed<std::string_view> ModuleParser::block_label() {
  std::string_view label;
  if (at(TokenKind::id)) label = id_text(tokens_[at_++]);
  label_name_ = TRY(name_annotation());
  if (label_name_.data() == nullptr) label_name_ = label;
  return label;
}

// The identifier that may follow `end` and `else`.
Parsed<void> ModuleParser::matching_label(const Frame& frame) {
  if (!at(TokenKind::id)) return {};
  if (!frame.has_label || frame.label != id_text(peek()))
    return fail(peek(), "mismatching label " + std::string(text(peek())));
  ++at_;
  return {};
}

Parsed<uint32_t> ModuleParser::label() {
  if (!at(TokenKind::id)) return u32("a label");
  const auto found = labels_.find(id_text(peek()));
  if (found == labels_.end()) return fail(peek(), "unknown label " + std::string(text(peek())));
  ++at_;
  return label_depth_ - 1 - found->second;
}

// --- Branch hints

Parsed<void> ModuleParser::branch_hint() {
  const Token& token = peek();
  if (token.annotation != Annotation::branch_hint) return unexpected();
  if (!in_function_) return fail(token, "@metadata.code.branch_hint annotation: not in a function");
  if (!frames_.empty() && frames_.back().kind == FrameKind::folded_plain) return unexpected();
  if (hint_ >= 0) return fail(token, "@metadata.code.branch_hint annotation: duplicate annotation");
  hint_token_ = at_++;
  const std::string value = TRY(string("a string"));
  if (value.size() != 1 || (value[0] != 0 && value[0] != 1))
    return fail(token, "@metadata.code.branch_hint annotation: invalid value");
  hint_ = value[0] == 0 ? 0 : 1;
  return close();
}

// Called right before the operator is written.
Parsed<void> ModuleParser::mark(Op op, int hint, uint32_t token, const Bytes& out) {
  if (options_.source_map && in_function_)
    map_.push_back({static_cast<uint32_t>(out.size()), tokens_[token].offset});
  if (hint < 0) return {};
  if (op != Op::if_ && op != Op::br_if)
    return fail(tokens_[hint_token_], "@metadata.code.branch_hint annotation: invalid target");
  hints_.push_back({static_cast<uint32_t>(out.size()), hint});
  return {};
}

// --- Folded instructions

Parsed<void> ModuleParser::folded(Bytes& out) {
  Frame* top = frames_.empty() ? nullptr : &frames_.back();
  const Keyword keyword = peek(1).keyword();
  if (top != nullptr && top->kind == FrameKind::folded_if) {
    if (keyword == Keyword(Word::then) || keyword == Keyword(Op::else_)) return if_part(out);
    if (top->stage != 0) {
      ++at_;
      return unexpected("else or `)`");
    }
  }
  if (top != nullptr && top->kind == FrameKind::folded_try) return try_part(out);
  ++at_;
  if (!keyword.is_op() || is_middle(keyword.op())) return unexpected("an instruction");
  const Op op = keyword.op();
  Frame frame{FrameKind::folded_plain};
  frame.token = at_++;
  frame.hint = std::exchange(hint_, -1);
  frame.pending = pending_.size();
  if (frame.hint >= 0 && op != Op::if_ && op != Op::br_if)
    return fail(tokens_[hint_token_], "@metadata.code.branch_hint annotation: invalid target");
  if (!is_block(op)) {
    TRY(plain(op, pending_));
    frames_.push_back(frame);
    return {};
  }
  const std::string_view label = TRY(block_label());
  if (op == Op::if_) {
    frame.kind = FrameKind::folded_if;
    frame.label = label;
    frame.name = label_name_;
    TRY(block_type(pending_));
    frames_.push_back(frame);
    return {};
  }
  TRY(mark(op, -1, frame.token, out));
  out.op(op);
  TRY(block_type(out));
  if (op == Op::try_table) TRY(catch_clauses(out));
  frame.kind = op == Op::try_ ? FrameKind::folded_try : FrameKind::folded_block;
  begin_block(frame, label, label_name_);
  frames_.push_back(frame);
  return {};
}

// "(then" or "(else" in a folded if.
Parsed<void> ModuleParser::if_part(Bytes& out) {
  Frame& frame = frames_.back();
  const bool then = peek(1).keyword() == Keyword(Word::then);
  ++at_;
  if (frame.stage != (then ? 0 : 1)) return unexpected("`)`");
  const uint32_t token = at_++;
  if (then) {
    TRY(mark(Op::if_, frame.hint, frame.token, out));
    out.op(Op::if_);
    out.raw(pending_.view(frame.pending));
    pending_.truncate(frame.pending);
    begin_block(frame, frame.label, frame.name);
  } else {
    TRY(mark(Op::else_, -1, token, out));
    out.op(Op::else_);
  }
  ++frame.stage;
  Frame part{FrameKind::folded_part};
  part.token = token;
  frames_.push_back(part);
  return {};
}

// The parts of a folded try: (do ...), then (catch ...)* and (catch_all ...)?, or (delegate l).
// Stages: 0 at the start, 1 behind do, 2 behind a catch, 3 behind catch_all or delegate.
Parsed<void> ModuleParser::try_part(Bytes& out) {
  const Keyword keyword = peek(1).keyword();
  const uint8_t stage = frames_.back().stage;
  ++at_;
  const uint32_t token = at_;
  Frame part{FrameKind::folded_part};
  part.token = token;
  if (keyword == Keyword(Word::do_) && stage == 0) {
    ++at_;
    frames_.back().stage = 1;
    frames_.push_back(part);
    return {};
  }
  if (keyword == Keyword(Op::delegate) && stage == 1) {
    ++at_;
    frames_.back().stage = 4;
    TRY(delegate(out));
    return close();
  }
  const bool catch_ = keyword == Keyword(Op::catch_);
  if ((!catch_ && keyword != Keyword(Op::catch_all)) || (stage != 1 && stage != 2))
    return unexpected(stage == 0 ? "`(do`" : "catch, catch_all or delegate");
  ++at_;
  frames_.back().stage = catch_ ? 2 : 3;
  TRY(mark(keyword.op(), -1, token, out));
  out.op(keyword.op());
  if (catch_) out.unsigned_leb(TRY(index(tags_)));
  frames_.push_back(part);
  return {};
}

// delegate counts labels from outside its try.
Parsed<void> ModuleParser::delegate(Bytes& out) {
  TRY(mark(Op::delegate, -1, at_ - 1, out));
  end_block(frames_.back());
  out.op(Op::delegate);
  out.unsigned_leb(TRY(label()));
  return {};
}

Parsed<void> ModuleParser::close_folded(Bytes& out) {
  const Frame frame = frames_.back();
  if (hint_ >= 0)
    return fail(tokens_[hint_token_], "@metadata.code.branch_hint annotation: invalid target");
  switch (frame.kind) {
  case FrameKind::folded_plain:
    TRY(mark(tokens_[frame.token].keyword().op(), frame.hint, frame.token, out));
    out.raw(pending_.view(frame.pending));
    pending_.truncate(frame.pending);
    break;
  case FrameKind::folded_part: break;
  case FrameKind::folded_if:
    if (frame.stage == 0) return unexpected("`(then`");
    out.u8(kEnd);
    end_block(frame);
    break;
  case FrameKind::folded_try:
    if (frame.stage == 0) return unexpected("`(do`");
    if (frame.stage != 4) {
      out.u8(kEnd);
      end_block(frame);
    }
    break;
  case FrameKind::folded_block:
    out.u8(kEnd);
    end_block(frame);
    break;
  default: return unexpected("end");
  }
  frames_.pop_back();
  ++at_;
  return {};
}

// --- Flat instructions

Parsed<void> ModuleParser::flat(Bytes& out) {
  const Keyword keyword = peek().keyword();
  if (!keyword.is_op()) return unexpected("an instruction");
  if (!frames_.empty()) {
    const FrameKind kind = frames_.back().kind;
    if (kind == FrameKind::folded_plain || kind == FrameKind::folded_if ||
        kind == FrameKind::folded_try)
      return unexpected("`(` or `)`");
  }
  const Op op = keyword.op();
  if (is_middle(op)) return middle(op, out);
  const uint32_t token = at_++;
  const int hint = std::exchange(hint_, -1);
  TRY(mark(op, hint, token, out));
  if (is_block(op)) return flat_block(op, out);
  return plain(op, out);
}

Parsed<void> ModuleParser::flat_block(Op op, Bytes& out) {
  Frame frame{op == Op::if_ ? FrameKind::if_ : op == Op::try_ ? FrameKind::try_ : FrameKind::block};
  frame.token = at_ - 1;
  const std::string_view label = TRY(block_label());
  out.op(op);
  TRY(block_type(out));
  if (op == Op::try_table) TRY(catch_clauses(out));
  begin_block(frame, label, label_name_);
  frames_.push_back(frame);
  return {};
}

// else, end, catch, catch_all, delegate
Parsed<void> ModuleParser::middle(Op op, Bytes& out) {
  if (frames_.empty() || hint_ >= 0) return unexpected("an instruction");
  const FrameKind kind = frames_.back().kind;
  const bool in_try = kind == FrameKind::try_ || kind == FrameKind::catch_;
  const bool fits = op == Op::else_      ? kind == FrameKind::if_
                    : op == Op::delegate ? kind == FrameKind::try_
                    : op == Op::end      ? kind >= FrameKind::block
                                         : in_try;
  if (!fits) return unexpected("an instruction");
  const uint32_t token = at_++;
  if (op == Op::delegate) {
    TRY(delegate(out));
    frames_.pop_back();
    return {};
  }
  TRY(mark(op, -1, token, out));
  out.op(op);
  if (op == Op::catch_) {
    out.unsigned_leb(TRY(index(tags_)));
    frames_.back().kind = FrameKind::catch_;
    return {};
  }
  TRY(matching_label(frames_.back()));
  if (op == Op::end) {
    end_block(frames_.back());
    frames_.pop_back();
  } else {
    frames_.back().kind = op == Op::else_ ? FrameKind::else_ : FrameKind::catch_all;
  }
  return {};
}

// --- Pieces of structured instructions

Parsed<void> ModuleParser::block_type(Bytes& out) {
  FuncText type;
  if (at_open(Word::type)) {
    out.signed_leb(TRY(type_use(type, false)));
    return {};
  }
  TRY(params_and_results(type, false));
  if (type.param_count == 0 && type.result_count == 0)
    out.u8(0x40);
  else if (type.param_count == 0 && type.result_count == 1)
    out.raw(type.results);
  else
    out.signed_leb(find_or_add_type(type));
  return {};
}

Parsed<void> ModuleParser::catch_clauses(Bytes& out) {
  Bytes clauses;
  uint32_t count = 0;
  for (;; ++count) {
    uint8_t kind = 0;
    if (at_open(Op::catch_))
      kind = 0;
    else if (at_open(Word::catch_ref))
      kind = 1;
    else if (at_open(Op::catch_all))
      kind = 2;
    else if (at_open(Word::catch_all_ref))
      kind = 3;
    else
      break;
    at_ += 2;
    clauses.u8(kind);
    if (kind < 2) clauses.unsigned_leb(TRY(index(tags_)));
    clauses.unsigned_leb(TRY(label()));
    TRY(close());
  }
  out.unsigned_leb(count);
  out.raw(clauses);
  return {};
}

// --- Functions

Parsed<void> ModuleParser::locals(FuncText& type, Bytes& out) {
  locals_.ids.clear();
  locals_.names.clear();
  locals_.count = type.param_count;
  for (const NameEntry& param : type.names) {
    if (!locals_.ids.emplace(param.name, param.index).second)
      return fail(peek(), "duplicate local $" + std::string(param.name));
    locals_.names.push_back(param);
  }
  for (const NameEntry& param : type.annotated) {
    for (NameEntry& entry : locals_.names)
      if (entry.index == param.index) entry.name = param.name;
  }

  // Runs of equal types.
  Bytes runs;
  uint32_t run_count = 0;
  std::string last;
  uint32_t length = 0;
  const auto flush = [&] {
    if (length == 0) return;
    ++run_count;
    runs.unsigned_leb(length);
    runs.raw(last);
    length = 0;
  };
  const auto add = [&](const Bytes& local) {
    if (local.view() != last) {
      flush();
      last = std::string(local.view());
    }
    ++length;
  };
  Bytes local;
  while (accept_open(Word::local)) {
    if (at(TokenKind::id)) {
      TRY(define(locals_));
      TRY(val_type(local));
      add(local);
      local.clear();
    } else {
      for (; !at(TokenKind::close); local.clear()) {
        TRY(val_type(local));
        add(local);
        ++locals_.count;
      }
    }
    TRY(close());
  }
  flush();
  out.unsigned_leb(run_count);
  out.raw(runs);
  return {};
}

Parsed<void> ModuleParser::body(FuncText& type, uint32_t function) {
  body_.clear();
  hints_.clear();
  current_labels_.clear();
  label_count_ = 0;
  label_depth_ = 0;
  const size_t first_location = map_.size();
  in_function_ = true;
  TRY(locals(type, body_));
  TRY(expression(body_));
  in_function_ = false;

  Bytes& code = code_section_.bytes;
  ++code_section_.count;
  code.unsigned_leb(body_.size());
  for (size_t i = first_location; i < map_.size(); ++i)
    map_[i].code += static_cast<uint32_t>(code.size());
  code.raw(body_);
  if (!hints_.empty()) {
    Bytes& section = hint_section_.bytes;
    ++hint_section_.count;
    section.unsigned_leb(function);
    section.unsigned_leb(hints_.size());
    for (const Hint& hint : hints_) {
      section.unsigned_leb(hint.offset);
      section.u8(1);
      section.u8(static_cast<uint32_t>(hint.value));
    }
  }
  if (options_.names) {
    if (!locals_.names.empty()) local_names_.push_back({function, std::move(locals_.names)});
    if (!current_labels_.empty()) label_names_.push_back({function, std::move(current_labels_)});
  }
  return {};
}

} // namespace waxwing::text
