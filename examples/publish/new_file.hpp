/// A file that appears under its name only when it is whole: written beside it, summed up on the way, then renamed.
///
/// Threads  one object, one thread. Two writers of one file would share the temporary name on purpose: what keeps them
///          apart is the exclusive claim of their tasks, and a mixed-up file would show that it did not.
/// Errors   io_failed with the file's name; the temporary file is removed.
/// Durable  no fsync: a power cut may lose the newest files, as this is an example and not an archive.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>

#include <stint/error.hpp>

namespace publisher {

/// Sums up bytes, through OpenSSL.
class sha256 {
public:
  sha256();
  ~sha256();
  sha256(sha256&&) noexcept;
  sha256& operator=(sha256&&) noexcept;

  void add(std::string_view text);

  /// Returns the sum in hexadecimal digits; nothing may be added after it.
  std::string hex();

private:
  struct state;
  std::unique_ptr<state> state_;
};

struct file_sum {
  std::string sha256;
  std::uint64_t size = 0;

  friend bool operator==(const file_sum&, const file_sum&) = default;
};

/// Sums up a file that exists.
stint::result<file_sum> sum_of(const std::filesystem::path& path);

/// What temporary files end with.
inline constexpr std::string_view unfinished = ".new";

class new_file {
public:
  /// Begins the file, and the folders it is in.
  static stint::result<new_file> begin(std::filesystem::path path);

  new_file(new_file&&) = default;
  new_file& operator=(new_file&&) = delete;
  ~new_file();

  /// Adds to the file; a failure is told by commit().
  void write(std::string_view text);

  /// Puts the file in its place.
  stint::result<file_sum> commit();

private:
  explicit new_file(std::filesystem::path path);

  std::filesystem::path path_;
  std::filesystem::path temporary_;
  std::ofstream out_;
  sha256 sum_;
  std::uint64_t size_ = 0;
};

} // namespace publisher
