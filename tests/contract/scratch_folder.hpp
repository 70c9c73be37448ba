/// A folder of its own for a test's files, gone with it.
///
/// Owner    a test.
/// Errors   a folder that cannot be made ends the test.
#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <stdexcept>
#include <string>

#include <unistd.h>

namespace stint::contract {

class scratch_folder {
public:
  scratch_folder() {
    // In memory where there is such a file system: what a test asks here is not whether the disk keeps its word.
    const std::filesystem::path memory = "/dev/shm";
    auto name = (std::filesystem::is_directory(memory) ? memory.string() + "/" : testing::TempDir()) + "stint-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
      throw std::runtime_error("no folder " + name);
    path_ = name;
  }
  ~scratch_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  scratch_folder(const scratch_folder&) = delete;
  scratch_folder& operator=(const scratch_folder&) = delete;

  [[nodiscard]] std::string file(const std::string& name = "tasks.db") const { return path_ + "/" + name; }

private:
  std::string path_;
};

} // namespace stint::contract
