/// Looks at real processes through /proc, so that tests can say that nothing was left behind.
///
/// Threads  any.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include <sys/types.h>

namespace stint::test {

struct process_info {
  pid_t pid = 0;
  pid_t parent = 0;
  pid_t group = 0;
  char state = '?'; ///< 'Z': a zombie
};

/// Every process that /proc shows now.
std::vector<process_info> all_processes();

/// Children of this process, zombies among them.
std::size_t children_left();

/// Waits until a process that need not be our child has ended; false: it lives on.
bool gone(pid_t pid, std::chrono::milliseconds patience = std::chrono::seconds{20});

/// Descriptors that are open in this process.
std::size_t descriptors_open();

/// A folder that is removed with all it contains.
class scratch_folder {
public:
  scratch_folder();
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;
  ~scratch_folder();
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

/// Writes a file, executable when asked.
void write_file(const std::string& path, const std::string& text, bool executable = false);

/// Reads a file; empty when there is none.
std::string read_file(const std::string& path);

} // namespace stint::test
