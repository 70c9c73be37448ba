/// Writes and reads gzip files through zlib, piece by piece.
///
/// Threads  one object, one thread.
/// Errors   io_failed: a file that is cut off, has a wrong check sum, or something behind its end.
/// Units    bytes.
#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <stint/error.hpp>

namespace publisher {

/// Compresses text and hands the result on. The same text gives the same bytes: no name, no time in the header.
class gzip_writer {
public:
  using sink = std::function<void(std::string_view)>;

  explicit gzip_writer(sink out);
  ~gzip_writer();
  gzip_writer(const gzip_writer&) = delete;
  gzip_writer& operator=(const gzip_writer&) = delete;

  void write(std::string_view text);

  /// Hands on what is left, with gzip's check sum; nothing may be written after it.
  void finish();

private:
  struct stream;
  void pump(std::string_view text, int flush);

  sink out_;
  std::unique_ptr<stream> stream_;
};

/// Decompresses a whole file, as strictly as `gzip -t`; stops with an error when `take` returns false.
stint::result<stint::unit_t> gunzip(const std::filesystem::path& path,
                                    const std::function<bool(std::string_view)>& take);

} // namespace publisher
