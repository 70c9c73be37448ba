#include "gzip.hpp"

#include <array>
#include <fstream>
#include <stdexcept>

#include <zlib.h>

namespace publisher {

namespace {

constexpr int gzip_format = 15 + 16; // zlib's way to ask for a gzip header around the largest window

unsigned char* bytes(const char* text) {
  // zlib's interface is older than const; it does not write to its input.
  return reinterpret_cast<unsigned char*>(const_cast<char*>(text)); // NOLINT
}

} // namespace

struct gzip_writer::stream {
  z_stream z{};
};

gzip_writer::gzip_writer(sink out) : out_(std::move(out)), stream_(std::make_unique<stream>()) {
  if (deflateInit2(&stream_->z, Z_DEFAULT_COMPRESSION, Z_DEFLATED, gzip_format, 8, Z_DEFAULT_STRATEGY) != Z_OK)
    throw std::runtime_error("zlib can't begin a stream");
}

gzip_writer::~gzip_writer() { deflateEnd(&stream_->z); }

void gzip_writer::pump(std::string_view text, int flush) {
  auto& z = stream_->z;
  z.next_in = bytes(text.data());
  z.avail_in = static_cast<uInt>(text.size());
  std::array<char, 64 * 1024> buffer; // NOLINT: filled by zlib
  do {
    z.next_out = bytes(buffer.data());
    z.avail_out = buffer.size();
    deflate(&z, flush);
    if (const auto got = buffer.size() - z.avail_out; got != 0)
      out_({buffer.data(), got});
  } while (z.avail_out == 0);
}

void gzip_writer::write(std::string_view text) {
  // zlib counts its input in 32 bits.
  constexpr std::size_t most = std::size_t{1} << 30;
  for (; text.size() > most; text.remove_prefix(most))
    pump(text.substr(0, most), Z_NO_FLUSH);
  pump(text, Z_NO_FLUSH);
}

void gzip_writer::finish() { pump({}, Z_FINISH); }

stint::result<stint::unit_t> gunzip(const std::filesystem::path& path,
                                    const std::function<bool(std::string_view)>& take) {
  const auto failed = [&path](const std::string& why) {
    return stint::error{stint::errc::io_failed, path.string() + ": " + why};
  };
  std::ifstream file(path, std::ios::binary);
  if (!file)
    return failed("can't be opened");
  struct inflater {
    z_stream z{};
    ~inflater() { inflateEnd(&z); }
  } stream;
  auto& z = stream.z;
  if (inflateInit2(&z, gzip_format) != Z_OK)
    return failed("zlib can't begin a stream");
  std::array<char, 64 * 1024> in, out; // NOLINT: filled before they are read
  bool ended = false;
  while (file.read(in.data(), in.size()), file.gcount() > 0) {
    z.next_in = bytes(in.data());
    z.avail_in = static_cast<uInt>(file.gcount());
    while (z.avail_in > 0 || z.avail_out == 0) {
      if (ended) {
        // A gzip file may have several members, one after the other.
        if (z.avail_in == 0)
          break;
        inflateReset(&z);
        ended = false;
      }
      z.next_out = bytes(out.data());
      z.avail_out = out.size();
      const auto code = inflate(&z, Z_NO_FLUSH);
      if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
        return failed(z.msg != nullptr ? std::string{"gzip: "} + z.msg : "gzip: bad data");
      const auto got = out.size() - z.avail_out;
      if (got != 0 && !take({out.data(), got}))
        return failed("unpacks to more than is taken");
      ended = code == Z_STREAM_END;
      if (code == Z_BUF_ERROR)
        break; // it wants more input
    }
  }
  if (file.bad())
    return failed("can't be read");
  if (!ended)
    return failed("gzip: unexpected end of file");
  return stint::unit;
}

} // namespace publisher
