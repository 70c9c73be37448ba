/// A list over a store, and its successors.
#pragma once

#include "desk.hpp"

#include <functional>
#include <map>
#include <optional>

namespace stint::test {

inline ledger_options with_store(std::uint64_t epoch = 1) {
  ledger_options o;
  o.stored = true;
  o.epoch = epoch;
  return o;
}

inline spec of_kind(std::string name, std::string kind = "k", std::vector<claim> claims = {}) {
  auto s = named(std::move(name), std::move(claims));
  s.kind = std::move(kind);
  return s;
}

/// A list over a store that commits at once, and its successors.
struct lives {
  lives() { begin(); }

  void begin() {
    auto o = with_store(++epoch);
    if (change)
      change(o);
    now.emplace(0, o);
    now->now = at;
    now->book.know_kind("k", false);
    if (knows_once)
      now->book.know_kind("once", true);
    if (declare)
      declare(*now);
    if (!keeps_settings)
      settings.clear();
    for (const auto& [of, s] : settings)
      now->book.restore(s, now->fx);
    for (auto& t : kept)
      now->book.restore(t);
    now->book.resume(version, last_id, now->now, now->fx);
    now->book.audit();
    saved();
  }

  /// Everything is committed.
  void saved() {
    now->book.cut();
    now->book.committed();
  }

  void join() { now->join({"k", "once"}); }

  /// The process dies, everything was committed; `later` passes until the next one begins.
  void die(nanos later = 0s) {
    saved();
    kept.clear();
    for (task_id id = 1; id <= now->book.last_id(); ++id)
      if (now->book.find(id) != nullptr)
        kept.push_back(now->book.stored(id));
    version = now->book.version();
    last_id = now->book.last_id();
    for (const auto& s : now->fx.settings) {
      settings.erase({s.of, s.name});
      if (!s.plain())
        settings[{s.of, s.name}] = s;
    }
    // The clock that stops with the machine begins anew.
    at = {first_moment().steady, now->now.wall + later};
    begin();
  }

  desk& d() { return *now; }
  [[nodiscard]] stint::task get(task_id id) {
    saved();
    return *now->book.get(id);
  }

  std::optional<desk> now;
  std::vector<stored_task> kept;
  std::map<std::pair<setting_of, std::string>, stored_setting> settings;
  std::function<void(ledger_options&)> change; ///< what each life begins with
  std::function<void(desk&)> declare;          ///< and says at its start
  task_version version = 0;
  task_id last_id = 0;
  std::uint64_t epoch = 0;
  bool knows_once = true;
  bool keeps_settings = true; ///< false: as a file of the first schema
  moment at = first_moment();
};

} // namespace stint::test
