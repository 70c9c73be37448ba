/// Stores with one fault each, to show that the contract catches it; the table of faults is the end of this file.
///
/// Owner    broken_store_test.cpp.
#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <stint/memory_store.hpp>

#include "store_contract.hpp"

namespace stint::contract {

enum class fault : std::uint8_t {
  none,
  keeps_the_epoch,
  lets_two_owners_in,
  stays_locked,
  answers_when_closed,
  forgets_at_the_end,
  forgets_the_last_id,
  loses_a_field,
  loses_the_sign_of_ranks,
  keeps_the_first_save,
  merges_changes,
  applies_half,
  takes_any_epoch,
  forgives_mistakes,
  forgets_removals,
  refuses_unknown_removals,
  loses_a_save,
  removes_before_saving,
  reads_output_one_off,
  forgets_cuts,
  closes_gaps,
  overwrites_output,
  refuses_late_output,
  prints_before_saving,
  orders_by_id,
  forgets_finished_keys,
  keeps_the_first_key,
  calls_deleted_unknown,
  skips_at_page_ends,
  ignores_the_filter,
  takes_empty_pages,
  overdue_newest_first,
  overdue_without_end,
  counts_late,
  forgets_settings,
  keeps_plain_settings,
  settings_as_they_came,
  last,
};

inline const std::vector<std::string>& fault_names() {
  static const std::vector<std::string> names{
    "none", "keeps the epoch", "lets two owners in", "stays locked", "answers when closed", "forgets at the end",
    "forgets the last id", "loses a field", "loses the sign of ranks", "keeps the first save", "merges changes",
    "applies half", "takes any epoch", "forgives mistakes", "forgets removals", "refuses unknown removals",
    "loses a save", "removes before saving", "reads output one off", "forgets cuts", "closes gaps",
    "overwrites output", "refuses late output", "prints before saving", "orders by id", "forgets finished keys",
    "keeps the first key", "calls deleted unknown", "skips at page ends", "ignores the filter", "takes empty pages",
    "overdue newest first", "overdue without end", "counts late", "forgets settings",
    "keeps plain settings", "settings as they came"};
  return names;
}

/// What the faults remember across handles.
struct broken_memory {
  std::shared_ptr<memory_shelf> shelf = memory_store{}.shelf();
  bool locked = false;
  std::map<std::string, task_id> first_keys;
  std::optional<store::usage> counted;
  std::uint64_t saves = 0;
};

class broken_store final : public memory_store {
public:
  broken_store(fault f, broken_memory& m) : memory_store(m.shelf), fault_(f), memory_(m) {}

  result<opened> open() override {
    if (is(fault::stays_locked) && std::exchange(memory_.locked, true))
      return errc::store_in_use;
    auto r = memory_store::open();
    if (!r) {
      if (is(fault::lets_two_owners_in))
        return opened{99, 0, 0};
      return r;
    }
    real_ = r->epoch;
    if (is(fault::keeps_the_epoch))
      r->epoch = 1;
    if (is(fault::forgets_the_last_id)) {
      r->last_id = 0;
      static_cast<void>(
        memory_store::unfinished([&r](const stored_task& t) { r->last_id = std::max(r->last_id, t.id); }));
    }
    return r;
  }

  result<unit_t> close() override {
    memory_.locked = false;
    return memory_store::close();
  }

  result<unit_t> commit(const batch& what) override {
    auto b = what;
    if (is(fault::keeps_plain_settings))
      std::erase_if(b.settings, [](const stored_setting& s) { return s.plain(); });
    if (is(fault::takes_any_epoch) || is(fault::keeps_the_epoch))
      b.epoch = real_;
    if (is(fault::loses_a_field))
      for (auto& t : b.saved)
        t.progress = {};
    if (is(fault::loses_the_sign_of_ranks))
      for (auto& t : b.saved)
        t.rank &= ~(std::uint64_t{1} << 63);
    if (is(fault::merges_changes))
      for (auto& t : b.saved)
        if (const auto old = memory_store::get(t.id); old && t.error.empty())
          t.error = old->error;
    if (is(fault::keeps_the_first_save))
      drop_later_saves(b);
    if (is(fault::loses_a_save))
      std::erase_if(b.saved, [this](const auto&) { return ++memory_.saves % 5 == 0; });
    if (is(fault::forgets_removals))
      b.removed.clear();
    if (is(fault::forgets_cuts))
      b.cut.clear();
    if (is(fault::overwrites_output))
      move_to_the_end(b);
    if (is(fault::closes_gaps))
      for (auto& p : b.printed)
        p.offset = std::min(p.offset, std::uint64_t{1'000});
    if (is(fault::prints_before_saving))
      std::erase_if(b.printed, [this](const auto& p) { return !memory_store::get(p.id); });
    if (is(fault::removes_before_saving))
      std::erase_if(b.removed, [this](auto id) { return !memory_store::get(id); });
    if (is(fault::refuses_unknown_removals) && !all_there(b))
      return errc::invalid_commit;
    if (is(fault::refuses_late_output))
      for (const auto& p : b.printed)
        if (memory_store::get(p.id).code() == errc::task_deleted)
          return errc::invalid_commit;
    for (const auto& t : b.saved)
      memory_.first_keys.try_emplace(t.what.idempotency_key, t.id);
    if (is(fault::counts_late))
      if (auto now = memory_store::counts())
        memory_.counted = *now;
    auto r = memory_store::commit(b);
    if (!r && is(fault::forgives_mistakes) && r.code() == errc::invalid_commit)
      return unit;
    if (!r && is(fault::applies_half) && b.saved.size() > 1) {
      b.saved.resize(1);
      b.printed.clear();
      static_cast<void>(memory_store::commit(b));
    }
    return r;
  }

  result<std::uint64_t> unfinished(const std::function<void(stored_task)>& take) const override {
    if (!is(fault::orders_by_id))
      return memory_store::unfinished(take);
    std::vector<stored_task> all;
    auto n = memory_store::unfinished([&all](stored_task t) { all.push_back(std::move(t)); });
    std::sort(all.begin(), all.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
    for (auto& t : all)
      take(std::move(t));
    return n;
  }

  result<std::optional<stored_task>> keyed(const std::string& key) const override {
    auto r = memory_store::keyed(key);
    if (r && *r && is(fault::forgets_finished_keys) && terminal((*r)->state))
      return std::optional<stored_task>{};
    if (r && *r && is(fault::keeps_the_first_key) && memory_.first_keys.at(key) != (*r)->id)
      return std::optional<stored_task>{};
    return r;
  }

  result<stored_task> get(task_id id) const override {
    auto r = memory_store::get(id);
    if (r.code() == errc::task_deleted && is(fault::calls_deleted_unknown))
      return errc::unknown_task;
    if (r.code() == errc::store_closed && is(fault::answers_when_closed))
      return stored_task{};
    return r;
  }

  result<stored_page> page(const page_request& ask) const override {
    auto wanted = ask;
    if (is(fault::ignores_the_filter))
      wanted.filter.tag.clear();
    if (is(fault::takes_empty_pages))
      wanted.limit = std::max<std::size_t>(wanted.limit, 1);
    auto r = memory_store::page(wanted);
    if (r && r->next != 0 && is(fault::skips_at_page_ends))
      r->next += ask.order == page_order::oldest_first ? 1U : 0U;
    return r;
  }

  result<output_piece> output(task_id id, std::uint64_t offset, std::size_t limit) const override {
    auto r = memory_store::output(id, offset, limit);
    if (r && is(fault::reads_output_one_off) && r->text.size() > 1) {
      r->text.pop_back();
      --r->next;
    }
    return r;
  }

  result<std::vector<task_id>> overdue(const retention& bounds, std::size_t most) const override {
    auto r = memory_store::overdue(bounds, is(fault::overdue_without_end) ? 1'000'000 : most);
    if (r && is(fault::overdue_newest_first))
      std::reverse(r->begin(), r->end());
    return r;
  }

  result<std::vector<stored_setting>> settings() const override {
    auto r = memory_store::settings();
    if (is(fault::forgets_settings) && r)
      r->clear();
    if (is(fault::settings_as_they_came) && r)
      std::reverse(r->begin(), r->end());
    return r;
  }

  result<usage> counts() const override {
    if (is(fault::counts_late) && memory_.counted)
      return *memory_.counted;
    return memory_store::counts();
  }

private:
  [[nodiscard]] bool is(fault f) const { return fault_ == f; }

  [[nodiscard]] bool all_there(const batch& b) const {
    return std::all_of(b.removed.begin(), b.removed.end(), [&](auto id) {
      const auto is_it = [id](const auto& t) { return t.id == id; };
      return memory_store::get(id) || std::any_of(b.saved.begin(), b.saved.end(), is_it);
    });
  }

  void move_to_the_end(batch& b) const {
    std::map<task_id, std::uint64_t> ends;
    for (auto& p : b.printed) {
      const auto old = memory_store::output(p.id, 0, 0);
      auto& end = ends.try_emplace(p.id, old ? old->total : 0).first->second;
      p.offset = std::max(p.offset, end);
      end = p.offset + p.text.size();
    }
  }

  static void drop_later_saves(batch& b) {
    std::vector<stored_task> first;
    for (auto& t : b.saved)
      if (std::none_of(first.begin(), first.end(), [&t](const auto& f) { return f.id == t.id; }))
        first.push_back(t);
    b.saved = std::move(first);
  }

  fault fault_;
  broken_memory& memory_;
  std::uint64_t real_ = 0;
};

class broken_place final : public place {
public:
  explicit broken_place(fault f) : fault_(f) {}

  std::unique_ptr<store> connect() override {
    if (fault_ == fault::forgets_at_the_end)
      memory_.shelf = memory_store{}.shelf();
    return std::make_unique<broken_store>(fault_, memory_);
  }

private:
  fault fault_;
  broken_memory memory_;
};

} // namespace stint::contract
