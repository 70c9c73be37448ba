#include <stint/detail/sqlite_check.hpp>

#include <stint/detail/sqlite_commit.hpp>

namespace stint::detail {

namespace {

constexpr std::size_t most_faults = 100;

class checker {
public:
  explicit checker(sqlite_file& f) : f_(f) {
    report_.head = f.head.at;
    report_.sealed = f.sealed.commits().has_value();
  }

  file_report run() {
    pages();
    tasks();
    output();
    look_at([this] { static_cast<void>(read_settings(f_)); });
    for (std::size_t s = 0; s < state_count; ++s)
      if (report_.counted.tasks.by_state[s] != f_.head.used.tasks.by_state[s]
          || report_.counted.bytes[s] != f_.head.used.bytes[s])
        fault(std::string{state_names[s]} + ": " + std::to_string(report_.counted.tasks.by_state[s]) + " tasks of "
              + std::to_string(report_.counted.bytes[s]) + " bytes are there, the head has "
              + std::to_string(f_.head.used.tasks.by_state[s]) + " of " + std::to_string(f_.head.used.bytes[s]));
    return std::move(report_);
  }

private:
  void fault(std::string what) {
    if (report_.faults.size() < most_faults)
      report_.faults.push_back(std::move(what));
  }

  /// Runs `look`; what it finds damaged is a fault.
  template <class F>
  void look_at(F&& look) {
    try {
      look();
    } catch (const sqlite_failure& e) {
      if (e.what_went_wrong.code != errc::store_damaged)
        throw;
      fault(e.what_went_wrong.text);
    }
  }

  void pages() {
    look_at([this] {
      statement s{f_.db, "PRAGMA integrity_check(100)"};
      while (s.step())
        if (s.bytes(0) != "ok")
          fault(std::string{s.bytes(0)});
    });
  }

  void tasks() {
    look_at([this] {
      f_.forwards.bind(std::uint64_t{1});
      const reset_at_end end{f_.forwards};
      while (f_.forwards.step())
        look_at([this] {
          const auto t = sqlite_file::task_at(f_.forwards);
          if (t.id > f_.head.at.last_id || t.version > f_.head.at.version)
            fault("task " + std::to_string(t.id) + " at version " + std::to_string(t.version) + " is newer than the head");
          const auto s = index_of(t.state);
          ++report_.counted.tasks.by_state[s];
          report_.counted.bytes[s] += row_bytes + f_.forwards.bytes(6).size() + f_.forwards.bytes(5).size()
                                      + printed_by(f_, t.id).kept;
        });
    });
  }

  void output() {
    look_at([this] {
      statement s{f_.db, "SELECT task, kept, (SELECT ifnull(sum(length(text)), 0) FROM piece WHERE piece.task = printed.task),"
                         " EXISTS (SELECT 1 FROM task WHERE id = printed.task) FROM printed"};
      while (s.step()) {
        const auto id = s.bits(0);
        if (s.bits(1) != s.bits(2) || s.number(3) == 0)
          fault("output of task " + std::to_string(id) + ": " + std::to_string(s.bits(2)) + " bytes are there, kept are "
                + std::to_string(s.bits(1)) + (s.number(3) == 0 ? ", and its task is not there" : ""));
        look_at([&] { // reads each piece against its sum
          for (std::uint64_t at = 0;;) {
            const auto piece = read_output(f_, id, at, 1'000'000);
            at = piece.next;
            if (piece.text.empty())
              break;
          }
        });
      }
    });
    look_at([this] {
      statement s{f_.db, "SELECT count(*) FROM piece WHERE task NOT IN (SELECT task FROM printed)"};
      if (s.step() && s.number(0) != 0)
        fault(std::to_string(s.number(0)) + " pieces of output belong to nobody");
    });
  }

  sqlite_file& f_;
  file_report report_;
};

} // namespace

file_report check(sqlite_file& f) { return checker{f}.run(); }

} // namespace stint::detail
