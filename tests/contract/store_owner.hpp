/// An owner as the clauses see it: opens a store, counts ids and versions, makes sample tasks, commits.
///
/// Owner    one clause.
/// Errors   `breach`, which becomes the clause's verdict.
#pragma once

#include <memory>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "store_contract.hpp"

namespace stint::contract {

using namespace std::chrono_literals;

struct breach : std::runtime_error {
  using std::runtime_error::runtime_error;
};

inline void need(bool good, const std::string& what) {
  if (!good)
    throw breach(what);
}

/// Takes the value of what must succeed.
template <class T>
T got(result<T> r, const std::string& what) {
  if (!r)
    throw breach(what + " failed: " + to_string(r.error()));
  return std::move(*r);
}

/// Expects an error.
template <class T>
void refused(const result<T>& r, errc code, const std::string& what) {
  need(r.code() == code, what + ": expected " + std::string{to_string(code)} + ", got "
                           + std::string{to_string(r.code())});
}

/// The moment at which sample number n ends.
inline wall_time at(std::uint64_t n) { return wall_time{} + std::chrono::hours{1000} + std::chrono::seconds{n}; }

/// A task with every field set that its state allows, all different from task to task.
inline stored_task sample(task_id id, task_version version, state s) {
  const auto n = std::to_string(id);
  stored_task t;
  t.id = id;
  t.version = version;
  t.what = {"task " + n, "kind" + std::to_string(id % 2), R"({"n":)" + n + "}",
            {exclusive("a/" + n), shared(""), units("cpu", 2)}, "queue" + std::to_string(id % 3),
            static_cast<int>(id % 5) - 2, "key " + n, 5s, 6h, at(id) - 9h, 0s, {3, 2s, 1.5, 4min, 0.25},
            {"tag" + std::to_string(id % 2), std::string{"zero\0byte", 9}, "\xC3\xA9 '\";--"}, {"gpu", "label " + n}};
  t.callable = id % 2 == 1;
  t.at_most_once = id % 2 == 0;
  t.fingerprint = 0xFFFF'FFFF'FFFF'0000ULL + id;
  t.state = s;
  t.attempt = 2;
  t.charged = 1;
  t.deaths = 1;
  t.fence = version;
  t.code = -7;
  t.error = "broken";
  t.errors = {{1, at(id) - 3s, "worker died"}, {2, at(id) - 2s, "broken"}};
  t.value = terminal(s) ? R"({"files":3})" : "";
  t.detail = R"([1,2])";
  t.progress = {3, 9, "third"};
  t.retry_of = id - 1;
  t.submitted = at(id) - 10s;
  t.started = at(id) - 1s;
  t.printed = (std::uint64_t{1} << 40) + id;
  if (running(s))
    t.away = {UINT64_MAX - id, 3, 9s};
  if (id % 3 == 1)
    t.lost = {{1, 9s}, {2, 600ms}};
  if (terminal(s))
    t.ended = at(id);
  else
    t.rank = (std::uint64_t{4} << 61) | id; // the greatest there is: past what a signed number holds
  if (s == state::scheduled)
    t.due = at(id) + 123ns;
  return t;
}

/// All that a store answers.
struct contents {
  std::vector<stored_task> unfinished;
  std::vector<stored_task> finished;
  std::vector<std::string> outputs;
  tally tasks;
  std::array<std::uint64_t, state_count> bytes{};
  std::vector<stored_setting> settings;

  friend bool operator==(const contents&, const contents&) = default;
};

class owner {
public:
  explicit owner(place& p) : box(p.connect()), head(got(box->open(), "open")) {}

  /// Makes a new task, not saved yet.
  stored_task make(state s) {
    ++head.version;
    return sample(++head.last_id, head.version, s);
  }

  /// Makes and saves a task.
  task_id add(state s) {
    const auto t = make(s);
    save({t});
    return t.id;
  }

  /// Counts a new version for a task that changes.
  stored_task& change(stored_task& t) {
    t.version = ++head.version;
    return t;
  }

  [[nodiscard]] store::batch next() const {
    store::batch b;
    b.epoch = head.epoch;
    b.version = head.version;
    b.last_id = head.last_id;
    return b;
  }

  void commit(const store::batch& b) { got(box->commit(b), "commit"); }

  void save(std::vector<stored_task> tasks) {
    auto b = next();
    b.saved = std::move(tasks);
    commit(b);
  }

  void remove(std::vector<task_id> ids) {
    ++head.version;
    auto b = next();
    b.removed = std::move(ids);
    commit(b);
  }

  void print(task_id id, std::uint64_t offset, std::string text) {
    auto b = next();
    b.printed.push_back({id, offset, std::move(text)});
    commit(b);
  }

  void set(std::vector<stored_setting> settings) {
    auto b = next();
    b.settings = std::move(settings);
    commit(b);
  }

  [[nodiscard]] stored_task get(task_id id) const { return got(box->get(id), "get " + std::to_string(id)); }

  [[nodiscard]] std::vector<stored_task> unfinished() const {
    std::vector<stored_task> out;
    const auto n = got(box->unfinished([&out](stored_task t) { out.push_back(std::move(t)); }), "unfinished");
    need(n == out.size(), "unfinished says " + std::to_string(n) + ", gave " + std::to_string(out.size()));
    return out;
  }

  /// Reads all pages.
  [[nodiscard]] std::vector<stored_task> finished(page_request ask = {}) const {
    std::vector<stored_task> out;
    for (int pages = 0; pages < 1000; ++pages) {
      auto p = got(box->page(ask), "page");
      need(p.tasks.size() <= ask.limit, "a page is longer than its limit");
      out.insert(out.end(), p.tasks.begin(), p.tasks.end());
      if (p.next == 0)
        return out;
      ask.cursor = p.next;
    }
    throw breach("pages never end");
  }

  /// Reads all of a task's output; gaps show as [n].
  [[nodiscard]] std::string output(task_id id, std::size_t limit = 1000) const {
    std::string out;
    for (std::uint64_t offset = 0;;) {
      const auto p = got(box->output(id, offset, limit), "output of " + std::to_string(id));
      need(p.offset == offset + p.dropped && p.next == p.offset + p.text.size() && p.text.size() <= limit,
           "a piece of output contradicts itself");
      if (p.dropped != 0)
        out += "[" + std::to_string(p.dropped) + "]";
      out += p.text;
      if (p.next == p.total)
        return out;
      need(p.next > offset, "reading output does not go on");
      offset = p.next;
    }
  }

  [[nodiscard]] contents all() const {
    contents c;
    c.unfinished = unfinished();
    c.finished = finished();
    for (const auto* part : {&c.unfinished, &c.finished})
      for (const auto& t : *part)
        c.outputs.push_back(std::to_string(t.id) + ":" + output(t.id));
    const auto used = got(box->counts(), "counts");
    c.tasks = used.tasks;
    c.bytes = used.bytes;
    c.settings = got(box->settings(), "settings");
    return c;
  }

  std::unique_ptr<store> box;
  store::opened head;
};

inline std::vector<task_id> ids(const std::vector<stored_task>& tasks) {
  std::vector<task_id> out;
  for (const auto& t : tasks)
    out.push_back(t.id);
  return out;
}

} // namespace stint::contract
