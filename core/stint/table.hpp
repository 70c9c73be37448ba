/// All tasks by id, with an index for everything that can be asked for: state, queue, kind and tag.
///
/// A task can be *outside*: its record is in a store only, and the table knows its id and its state, and counts it.
///
/// Owner    the ledger.
/// Threads  none: the owner's mailbox is the lock.
/// Errors   page_too_large, too_many_ids, invalid_cursor.
/// Cost     find, add, move, erase O(1), whatever the history; a page costs its tasks plus the index pages it passes;
///          a text filter looks at `limits::scan` records at most and then answers a short page with a cursor.
/// Seed     aptly task/list.go scans all tasks ever queued at each completion and at each get.
#pragma once

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include <stint/id_set.hpp>
#include <stint/limits.hpp>
#include <stint/record.hpp>

namespace stint {

/// Names with small numbers; 0 is the empty name. The name asked for last is found without a look-up: tasks come in
/// batches of one queue and kind.
class name_book {
public:
  name_book() : names_{""} {}
  std::uint32_t number(std::string_view name);
  [[nodiscard]] std::uint32_t find(std::string_view name) const; ///< 0 when unknown
  [[nodiscard]] const std::string& name(std::uint32_t n) const { return names_[n]; }
  [[nodiscard]] std::size_t size() const noexcept { return names_.size(); }

private:
  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
  };

  std::vector<std::string> names_;
  std::unordered_map<std::string, std::uint32_t, text_hash, std::equal_to<>> numbers_;
  mutable std::uint32_t last_ = 0;
};

class table {
public:
  explicit table(const limits& bounds) : bounds_(bounds) {}

  /// Makes the record of the next id, in state `s`; queue and kind are numbers of `queues` and `kinds`.
  record& add(std::string name, std::uint32_t queue, std::uint32_t kind, state s);

  /// Makes the record of an id greater than all before; for a list that goes on from a store.
  record& restore(task_id id, std::string name, std::string_view queue, std::string_view kind, state s) {
    last_ = id - 1;
    return add(std::move(name), add_queue(queue), kinds.number(kind), s);
  }

  /// The next id is the one after this.
  void go_on_after(task_id last) { last_ = std::max(last_, last); }

  /// Returns a queue's number, making it when it is new.
  std::uint32_t add_queue(std::string_view name);

  /// Enters a record's tags into the index, once.
  void index_tags(const record& r);

  /// Returns the record, or null when it never was or is deleted.
  [[nodiscard]] record* find(task_id id) { return const_cast<record*>(std::as_const(*this).find(id)); }
  [[nodiscard]] const record* find(task_id id) const {
    const auto number = id / chunk_size - first_chunk_;
    if (number >= chunks_.size() || !chunks_[number])
      return nullptr;
    const auto& c = *chunks_[number];
    return c.has(id % chunk_size) ? &c.places[id % chunk_size].task : nullptr;
  }

  /// Tells an id that never was from one that is deleted.
  [[nodiscard]] error missing(task_id id) const;

  /// Moves a record from its state to another; the ledger has checked that it is legal.
  void move(record& r, state to);

  /// Returns what only the record knew.
  std::unique_ptr<task_extra> erase(record& r);

  /// The record goes, its task does not: it is outside.
  void let_go(record& r);

  /// Makes the record of a task that is outside, in the state that it is known to have.
  record& take_in(task_id id, std::string name, std::string_view queue, std::string_view kind);

  /// A task that is outside from the beginning; for a list that goes on from a store.
  void restore_outside(task_id id, std::string_view queue, state s);

  /// The state of a task that is outside; nothing of one that is not.
  [[nodiscard]] std::optional<state> outside(task_id id) const;
  [[nodiscard]] std::size_t outside() const noexcept;

  /// The first id of those outside that a page may hold: of these states and ids, from its cursor on and before `end`
  /// (0: no end). 0: there is none.
  [[nodiscard]] task_id first_outside(const page_request& ask, task_id end) const;

  /// Answers a page; `describe` fills in the answer of a record. What `skip` names is passed over.
  [[nodiscard]] result<page> read(const page_request& ask, const std::function<void(const record&, task&)>& describe,
                                  const std::function<bool(task_id)>& skip = {}) const;

  /// Calls `fn(id)` for matching tasks upwards until it returns false; without a bound on what it looks at.
  void each_match(const filter& f, const std::function<bool(task_id)>& fn) const;

  /// Tells whether a record is what a filter asks for.
  [[nodiscard]] bool matches(const record& r, const filter& f) const;

  /// Those of the state that have their record here.
  [[nodiscard]] const id_set& in(state s) const { return states_[static_cast<std::size_t>(s)]; }
  /// How many have the state, wherever their record is.
  [[nodiscard]] std::size_t count(state s) const {
    return in(s).size() + outside_[static_cast<std::size_t>(s)].size();
  }
  [[nodiscard]] task_id last_id() const noexcept { return last_; }
  [[nodiscard]] std::size_t size() const noexcept { return all_.size(); }
  [[nodiscard]] const std::string& queue_name(const record& r) const { return queues.name(r.queue); }
  [[nodiscard]] const std::string& kind_name(const record& r) const { return kinds.name(r.kind); }
  [[nodiscard]] const tally& of_queue(std::uint32_t queue) const { return tallies_[queue]; }

  /// Checks the index of tags; ends the process on a difference. For tests.
  void audit_tags() const;

  /// Blocks of records in memory. For tests.
  [[nodiscard]] std::size_t kept_chunks() const {
    return static_cast<std::size_t>(std::count_if(chunks_.begin(), chunks_.end(), [](const auto& c) { return c != nullptr; }));
  }

  name_book queues;
  name_book kinds;

private:
  static constexpr std::size_t chunk_size = 256;
  /// Records are made in it one by one: a record is written once before its task moves.
  struct chunk {
    union place {
      place() noexcept {}
      ~place() {}
      record task;
    };
    chunk() noexcept {} // leaves the places alone
    chunk(const chunk&) = delete;
    chunk& operator=(const chunk&) = delete;
    ~chunk() {
      for (std::size_t i = 0; i < chunk_size; ++i)
        if (has(i))
          places[i].task.~record();
    }

    [[nodiscard]] bool has(std::size_t i) const noexcept { return (there[i / 64] >> (i % 64) & 1) != 0; }
    record& make(std::size_t i) {
      there[i / 64] |= std::uint64_t{1} << (i % 64);
      ++used;
      return *::new (&places[i].task) record();
    }
    void end(std::size_t i) {
      there[i / 64] &= ~(std::uint64_t{1} << (i % 64));
      --used;
      places[i].task.~record();
    }

    std::array<std::uint64_t, chunk_size / 64> there{};
    std::size_t used = 0;
    std::array<place, chunk_size> places;
  };

  record& make(task_id id, std::string name, std::uint32_t queue, std::uint32_t kind, state s);
  std::unique_ptr<task_extra> end(record& r);

  /// Returns false when nothing can match.
  bool build(const filter& f, id_query& query) const;

  limits bounds_;
  task_id last_ = 0;
  std::uint64_t first_chunk_ = 0;
  std::vector<std::unique_ptr<chunk>> chunks_;
  id_set all_;
  std::array<id_set, state_count> states_;
  std::array<id_set, state_count> outside_;
  std::vector<id_set> by_queue_;
  std::vector<id_set> by_kind_;
  std::vector<tally> tallies_;
  std::unordered_map<std::string, id_set> by_tag_;
};

} // namespace stint
