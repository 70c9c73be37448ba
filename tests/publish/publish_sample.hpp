/// What the publisher's tests share: the sample, a folder of their own, files, and the real tools.
#pragma once

#include <gtest/gtest.h>

#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include <apt-pkg/fileutl.h>

namespace publish_sample {

namespace fs = std::filesystem;

inline std::string text_of(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return std::move(text).str();
}

inline void write_text(const fs::path& path, std::string_view text) {
  fs::create_directories(path.parent_path());
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
}

/// Compresses through libapt-pkg, so that no test needs a tool that Debian does not always have.
inline void write_compressed(const fs::path& path, std::string_view text) {
  FileFd out(path.string(), FileFd::WriteOnly | FileFd::Create | FileFd::Empty, FileFd::Extension);
  if (!out.Write(text.data(), text.size()) || !out.Close())
    std::abort();
}

struct ran {
  int code = -1;
  std::string output; ///< stdout and stderr
};

/// Runs a command line of the shell to its end.
inline ran run(const std::string& command) {
  ran out;
  FILE* pipe = popen(("{ " + command + "; } 2>&1").c_str(), "r");
  std::array<char, 4096> buffer{};
  while (const auto got = std::fread(buffer.data(), 1, buffer.size(), pipe))
    out.output.append(buffer.data(), got);
  const int status = pclose(pipe);
  out.code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return out;
}

/// A test with a folder that goes with it.
struct with_folder : testing::Test {
  fs::path folder;

  void SetUp() override {
    std::string name = (fs::temp_directory_path() / "stint-publish-XXXXXX").string();
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    folder = name;
  }
  void TearDown() override { fs::remove_all(folder); }
};

inline const std::string& sample() {
  static const std::string it = text_of(STINT_SAMPLE);
  return it;
}

inline constexpr std::size_t sample_packages = 479;

} // namespace publish_sample
