// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "waxwing/run_report.hpp"

#include <nlohmann/json.hpp>
#include <waxwing/exception.hpp>

namespace waxwing::tool {

namespace {

using Json = nlohmann::ordered_json;

Json values_json(const std::vector<Value>& values, const NumberedObjects& objects) {
  Json out = Json::array();
  for (const Value& value : values)
    out.push_back({{"type", value.type().text()}, {"value", objects.text(value)}});
  return out;
}

Json frames_json(const Trap& trap) {
  Json out = Json::array();
  for (const Frame& frame : trap.frames) {
    Json entry;
    if (frame.is_host) {
      entry["host"] = true;
    } else {
      entry = {{"module", frame.module},
               {"function", frame.function},
               {"index", frame.index},
               {"offset", frame.offset},
               {"exact", frame.exact}};
      Json source = Json::array();
      for (const SourceLine& line : frame.source)
        source.push_back({{"function", line.function}, {"place", line.place}});
      if (!source.empty()) entry["source"] = std::move(source);
    }
    out.push_back(std::move(entry));
  }
  return out;
}

Json trap_json(const Error& stopped) {
  const Trap& trap = *stopped.trap;
  Json out = {{"kind", name_of(trap.kind)}, {"message", stopped.message}};
  if (trap.access)
    out["access"] = {{"address", trap.access->address},
                     {"length", trap.access->length},
                     {"index", trap.access->index},
                     {"bound", trap.access->bound}};
  out["frames"] = frames_json(trap);
  out["frame_count"] = trap.frame_count;
  return out;
}

} // namespace

std::string json_line(const RunEnd& end, const NumberedObjects* objects) {
  Json out = {{"exit_code", end.exit_code}};
  if (end.results && objects != nullptr) out["results"] = values_json(*end.results, *objects);
  if (end.stopped && end.stopped->trap != nullptr) out["trap"] = trap_json(*end.stopped);
  if (end.stopped && end.stopped->exception != nullptr && objects != nullptr)
    out["exception"] = {{"tag", end.stopped->exception->tag().name()},
                        {"values", values_json(end.stopped->exception->values(), *objects)}};
  if (!end.error.empty()) out["error"] = end.error;
  return out.dump(-1, ' ', false, Json::error_handler_t::replace);
}

} // namespace waxwing::tool
