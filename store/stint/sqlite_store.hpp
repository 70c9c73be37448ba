/// A store in one SQLite file: its schema, its lock and its recovery after a crash are its own affair.
///
/// Owner    the keeper of one list; the file is locked from `open` to `close` or to the end of the process, however it ends.
/// Threads  one call at a time, from any thread.
/// Errors   as `store`, and from `open`: store_too_new, not_a_store, store_damaged, which is also a file that is missing
///          while its log or its seal is there, and invalid_option for an empty name. Any read: store_damaged, when a sum
///          does not fit, with the task's number. A file that was moved away or replaced: io_failed, before a commit.
/// Units    bytes: of a task as it is written, its key, and a round sum for its row; of its output.
/// Cost     commit: a look-up and a write for each task, and one wait for the disk in durable mode.
/// Durable  WAL, synchronous=EXTRA; relaxed: NORMAL, which waits for the disk at a checkpoint only.
///          docs/design/0007-durable.md says what is where.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include <stint/store.hpp>

namespace stint {

struct sqlite_options {
  std::string file; ///< a plain file's name, whatever SQLite makes of it
  store_mode mode = store_mode::durable; ///< or relaxed
  std::string vfs{};                     ///< for tests: a file system of SQLite's that fails; empty: the machine's
};

/// What a look through a whole file found.
struct file_report {
  store::opened head;
  store::usage counted;            ///< what is there, row by row
  std::vector<std::string> faults; ///< what is not as it was written, the first hundred
  bool sealed = false;             ///< its seal is there: no commit that was acknowledged is missing
};

class sqlite_store final : public store {
public:
  explicit sqlite_store(sqlite_options with);
  ~sqlite_store() override;

  result<opened> open() override;
  result<unit_t> commit(const batch& what) override;
  result<std::uint64_t> unfinished(const std::function<void(stored_task)>& take) const override;
  [[nodiscard]] result<std::optional<stored_task>> keyed(const std::string& idempotency_key) const override;
  [[nodiscard]] result<std::vector<stored_setting>> settings() const override;
  [[nodiscard]] result<stored_task> get(task_id id) const override;
  [[nodiscard]] result<stored_page> page(const page_request& ask) const override;
  [[nodiscard]] result<output_piece> output(task_id id, std::uint64_t offset, std::size_t limit) const override;
  [[nodiscard]] result<std::vector<task_id>> overdue(const retention& bounds, std::size_t most) const override;
  [[nodiscard]] result<usage> counts() const override;
  [[nodiscard]] store_mode mode() const noexcept override { return with_.mode; }
  result<unit_t> close() override;

  /// Looks through the whole file: pages, rows, output, and whether the head counts what is there.
  [[nodiscard]] result<file_report> check() const;

  /// The same of a file that nobody has open, and that stays as it is, byte for byte; errors as those of `open`.
  [[nodiscard]] static result<file_report> look_through(const std::string& file);

private:
  struct inside;

  sqlite_options with_;
  std::unique_ptr<inside> in_; ///< empty: closed
};

} // namespace stint
