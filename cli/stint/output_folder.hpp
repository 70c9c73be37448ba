/// Keeps all that the tasks of a batch print: a file for each in one folder.
///
/// Owner    the batch; the command kind's listener writes through it.
/// Threads  write() by many threads, for different tasks at the same time.
/// Errors   the first failure of a file is kept for the end; the tasks are not disturbed by it.
/// Units    none: only the disk bounds what is kept.
/// Order    a task's file has its attempts one after another, from the second on under a line `--- attempt N`.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include <stint/error.hpp>
#include <stint/spec.hpp>

namespace stint::cli {

/// Names the file of a task: its number, so that files sort, and what is safe of its name.
std::string output_name(task_id id, std::string_view name);

class output_folder {
public:
  /// An empty path means a new folder of its own, in the place for temporary files.
  explicit output_folder(std::string path) : path_(std::move(path)), own_(path_.empty()) {}
  output_folder(const output_folder&) = delete;
  output_folder& operator=(const output_folder&) = delete;
  /// Removes a folder of its own in which nothing is.
  ~output_folder();

  /// Makes the folder, and its parents; io_failed when that is impossible.
  result<unit_t> prepare();

  /// Appends what an attempt has printed; the first text of a task begins its file anew.
  void write(task_id id, std::string_view name, std::uint32_t attempt, std::string_view text);

  /// Closes a task's file until it prints again. One that printed nothing gets an empty one, lest an older run's remain;
  /// in a folder of its own it gets none.
  void close(task_id id, std::string_view name);

  /// Where output is kept; empty: nothing was printed and the folder goes.
  [[nodiscard]] std::string kept() const;

  /// What went wrong first; empty: nothing.
  [[nodiscard]] std::string trouble() const;

private:
  struct file;
  struct entry {
    std::shared_ptr<file> open; ///< only while the task may print
    std::uint32_t attempt = 0;  ///< the last that printed; 0: the file is not made yet
  };
  std::shared_ptr<file> file_of(task_id id, std::string_view name, std::uint32_t attempt, std::string& head);
  void note(int error, task_id id, std::string_view name);

  std::string path_;
  bool own_;
  mutable std::mutex mutex_; ///< guards the fields below, not the writing
  std::map<task_id, entry> entries_;
  std::string trouble_;
};

} // namespace stint::cli
