/// One commit into a file: applies a batch inside a transaction, and takes everything back when it does not finish.
///
/// Owner    sqlite_store::commit.
/// Threads  one at a time.
/// Errors   sqlite_failure: invalid_commit for a mistake of the owner's, which the same look-ups find that the counts need.
#pragma once

#include <stint/detail/sqlite_file.hpp>

namespace stint::detail {

/// How much a task printed in all, and how much of it is kept.
struct printed_size {
  std::uint64_t total = 0;
  std::uint64_t kept = 0;
};

printed_size printed_by(sqlite_file& f, task_id id);

output_piece read_output(sqlite_file& f, task_id id, std::uint64_t offset, std::size_t limit);

std::vector<stored_setting> read_settings(sqlite_file& f);

class sqlite_commit {
public:
  explicit sqlite_commit(sqlite_file& f);
  sqlite_commit(const sqlite_commit&) = delete;
  sqlite_commit& operator=(const sqlite_commit&) = delete;
  ~sqlite_commit();

  void apply(const store::batch& b);

  /// Makes it durable. After a failure the transaction is taken back, but what has reached the disk is another matter.
  void finish();

private:
  std::optional<kept_row> find(task_id id);
  void count(const kept_row& row, bool there);
  void save(const stored_task& t, const store::batch& b);
  void write_rows();
  void print(const stored_text& p);
  void cut(const output_cut& c);
  void remove(task_id id);
  void set(const stored_setting& s);
  void keep_printed(task_id id, const printed_size& now, kept_row row);

  sqlite_file& f_;
  store_head head_;
  task_id newest_ = 0; ///< ids above are not in the file
  std::string body_;
  bool done_ = false;
};

} // namespace stint::detail
