#include "new_file.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <openssl/evp.h>

namespace publisher {

struct sha256::state {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  ~state() { EVP_MD_CTX_free(context); }
};

sha256::sha256() : state_(std::make_unique<state>()) {
  if (EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr) != 1)
    throw std::runtime_error("OpenSSL offers no SHA-256");
}

sha256::~sha256() = default;
sha256::sha256(sha256&&) noexcept = default;
sha256& sha256::operator=(sha256&&) noexcept = default;

void sha256::add(std::string_view text) { EVP_DigestUpdate(state_->context, text.data(), text.size()); }

std::string sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> sum{};
  unsigned length = 0;
  EVP_DigestFinal_ex(state_->context, sum.data(), &length);
  std::string out;
  for (unsigned i = 0; i < length; ++i) {
    constexpr std::string_view digits = "0123456789abcdef";
    out += digits[sum[i] >> 4];
    out += digits[sum[i] & 15];
  }
  return out;
}

stint::result<file_sum> sum_of(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return {stint::errc::io_failed, path.string() + ": " + std::strerror(errno)};
  file_sum out;
  sha256 sum;
  std::array<char, 64 * 1024> buffer; // NOLINT: filled before it is read
  while (in.read(buffer.data(), buffer.size()), in.gcount() > 0) {
    const auto got = static_cast<std::size_t>(in.gcount());
    sum.add({buffer.data(), got});
    out.size += got;
  }
  if (in.bad())
    return {stint::errc::io_failed, path.string() + ": can't be read"};
  out.sha256 = sum.hex();
  return out;
}

new_file::new_file(std::filesystem::path path) : path_(std::move(path)), temporary_(path_) { temporary_ += unfinished; }

stint::result<new_file> new_file::begin(std::filesystem::path path) {
  std::error_code error;
  std::filesystem::create_directories(path.parent_path(), error);
  if (error)
    return {stint::errc::io_failed, path.parent_path().string() + ": " + error.message()};
  new_file out(std::move(path));
  out.out_.open(out.temporary_, std::ios::binary | std::ios::trunc);
  if (!out.out_)
    return {stint::errc::io_failed, out.temporary_.string() + ": " + std::strerror(errno)};
  return out;
}

new_file::~new_file() {
  if (!out_.is_open())
    return;
  out_.close();
  std::error_code ignored;
  std::filesystem::remove(temporary_, ignored);
}

void new_file::write(std::string_view text) {
  out_.write(text.data(), static_cast<std::streamsize>(text.size()));
  sum_.add(text);
  size_ += text.size();
}

stint::result<file_sum> new_file::commit() {
  // Buffered bytes reach the disk here at the latest, so here it is known whether all of them did.
  out_.flush();
  if (!out_)
    return {stint::errc::io_failed, temporary_.string() + ": can't be written: " + std::strerror(errno)};
  std::error_code error;
  std::filesystem::rename(temporary_, path_, error);
  if (error)
    return {stint::errc::io_failed, path_.string() + ": " + error.message()};
  out_.close();
  return file_sum{sum_.hex(), size_};
}

} // namespace publisher
