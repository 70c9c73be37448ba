/// Runs the built stint program as a user would, and tells what it printed and how it ended.
///
/// Threads  one at a time.
#pragma once

#include <initializer_list>
#include <string>
#include <vector>

#include "command/processes.hpp"

namespace stint::test {

/// How a run of stint ended.
struct stint_run {
  int code = -1;   ///< exit code, or minus the signal
  std::string out; ///< standard output
  std::string err; ///< standard error

  /// Standard output as lines.
  [[nodiscard]] std::vector<std::string> lines() const;
  [[nodiscard]] bool says(const std::string& text) const { return out.find(text) != std::string::npos; }
  [[nodiscard]] bool complains(const std::string& text) const { return err.find(text) != std::string::npos; }
};

/// A folder with files for one test, in which stint and its tasks run; temporary files go to `tmp` in it.
class workplace {
public:
  /// Writes the batch file, one line for each task.
  void tasks(const std::vector<std::string>& lines) const;

  /// Runs `stint ARGUMENTS`, a text for the shell, so that it may redirect.
  [[nodiscard]] stint_run run(const std::string& arguments) const;

  /// Runs a script of another kind, in which the program is STINT_PROGRAM.
  [[nodiscard]] stint_run shell(const std::string& script) const;

  [[nodiscard]] std::string file(const std::string& name) const { return read_file(dir_ / name); }
  [[nodiscard]] std::string path(const std::string& name) const { return dir_ / name; }
  [[nodiscard]] bool has(const std::string& name) const;

private:
  scratch_folder dir_;
};

/// A line of a batch file: a shell script, and more fields as JSON text.
std::string sh(const std::string& script, const std::string& fields = {});

} // namespace stint::test
