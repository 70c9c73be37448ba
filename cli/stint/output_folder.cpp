#include "output_folder.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <system_error>

#include <fcntl.h>
#include <unistd.h>

namespace stint::cli {

struct output_folder::file {
  file(const std::string& path, bool anew)
    : descriptor(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | (anew ? O_TRUNC : 0), 0666)),
      error(descriptor < 0 ? errno : 0) {}
  file(const file&) = delete;
  file& operator=(const file&) = delete;
  ~file() {
    if (descriptor >= 0)
      ::close(descriptor);
  }

  /// Returns errno, or 0.
  [[nodiscard]] int append(std::string_view text) const {
    if (error != 0)
      return error;
    while (!text.empty()) {
      const auto n = ::write(descriptor, text.data(), text.size());
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        return errno;
      text.remove_prefix(static_cast<std::size_t>(n));
    }
    return 0;
  }

  int descriptor;
  int error; ///< of opening it
};

std::string output_name(task_id id, std::string_view name) {
  char number[32];
  std::snprintf(number, sizeof number, "%04llu-", static_cast<unsigned long long>(id));
  std::string out = number;
  for (const auto c : name.substr(0, 60)) {
    const bool safe =
      (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_';
    if (safe)
      out += c;
    else if (out.back() != '-')
      out += '-';
  }
  while (out.back() == '-')
    out.pop_back();
  return out + ".log";
}

output_folder::~output_folder() {
  std::error_code ec;
  if (own_ && !path_.empty())
    std::filesystem::remove(path_, ec); // which leaves one alone that has files
}

result<unit_t> output_folder::prepare() {
  std::error_code ec;
  if (own_) {
    auto name = (std::filesystem::temp_directory_path(ec) / "stint-XXXXXX").string();
    if (ec || ::mkdtemp(name.data()) == nullptr) // which nobody else may read
      return {errc::io_failed, "cannot make a folder for the output: "
                                 + (ec ? ec : std::error_code{errno, std::generic_category()}).message()};
    path_ = name;
    return unit;
  }
  std::filesystem::create_directories(path_, ec);
  if (ec)
    return {errc::io_failed, "cannot make the folder '" + path_ + "': " + ec.message()};
  if (::access(path_.c_str(), W_OK | X_OK) != 0)
    return {errc::io_failed, "cannot write into '" + path_ + "': " + std::generic_category().message(errno)};
  return unit;
}

void output_folder::note(int error, task_id id, std::string_view name) {
  if (error == 0)
    return;
  std::lock_guard guard{mutex_};
  if (trouble_.empty())
    trouble_ = "cannot write '" + path_ + "/" + output_name(id, name) + "': " + std::generic_category().message(error);
}

std::shared_ptr<output_folder::file> output_folder::file_of(task_id id, std::string_view name, std::uint32_t attempt,
                                                            std::string& head) {
  std::lock_guard guard{mutex_};
  auto& e = entries_[id];
  if (!e.open)
    e.open = std::make_shared<file>(path_ + "/" + output_name(id, name), e.attempt == 0);
  if (attempt > 1 && attempt != e.attempt)
    head = "--- attempt " + std::to_string(attempt) + "\n";
  e.attempt = std::max(e.attempt, attempt);
  return e.open;
}

void output_folder::write(task_id id, std::string_view name, std::uint32_t attempt, std::string_view text) {
  std::string head;
  const auto f = file_of(id, name, attempt, head);
  const int failed = f->append(head);
  note(failed != 0 ? failed : f->append(text), id, name);
}

void output_folder::close(task_id id, std::string_view name) {
  std::string head;
  if (!own_)
    note(file_of(id, name, 1, head)->error, id, name);
  std::lock_guard guard{mutex_};
  if (auto e = entries_.find(id); e != entries_.end())
    e->second.open.reset();
}

std::string output_folder::kept() const {
  std::error_code ec;
  return own_ && std::filesystem::is_empty(path_, ec) ? std::string{} : path_;
}

std::string output_folder::trouble() const {
  std::lock_guard guard{mutex_};
  return trouble_;
}

} // namespace stint::cli
