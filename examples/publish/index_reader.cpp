#include "index_reader.hpp"

#include "gzip.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <set>
#include <string_view>

#include <apt-pkg/aptconfiguration.h>
#include <apt-pkg/error.h>
#include <apt-pkg/fileutl.h>

namespace publisher {

namespace {

constexpr std::array<std::string_view, 5> extensions{".lz4", ".gz", ".xz", ".zst", ".bz2"};

std::string without_extension(std::string name) {
  for (const auto e : extensions)
    if (name.ends_with(e))
      return name.substr(0, name.size() - e.size());
  return name;
}

/// Names become folders and keys, so only harmless characters stay.
std::string plain_word(std::string_view text) {
  std::string out;
  for (const char c : text)
    out += (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '+' ? c : '-';
  while (!out.empty() && (out.front() == '.' || out.front() == '-'))
    out.erase(0, 1);
  return out.substr(0, 64);
}

/// apt writes the address it has an index from, with '_' for '/': HOST_debian_dists_stable_main_binary-amd64_Packages.
index_source describe(const std::filesystem::path& path) {
  const auto name = without_extension(path.filename().string());
  index_source out{path, {}, "main"};
  const auto dists = name.find("_dists_"), binary = name.find("_binary-");
  if (dists != std::string::npos && binary != std::string::npos && dists + 7 < binary) {
    const auto middle = name.substr(dists + 7, binary - dists - 7);
    out.repo = plain_word(middle);
    out.component = plain_word(middle.substr(middle.rfind('_') + 1));
  } else {
    out.repo = plain_word(name);
  }
  if (out.repo.empty())
    out.repo = "index";
  if (out.component.empty())
    out.component = "main";
  return out;
}

stint::error failed(const std::filesystem::path& path, const std::string& why) {
  return {stint::errc::io_failed, path.string() + ": " + why};
}

/// What libapt-pkg has complained about in this thread; it keeps its errors until they are asked for.
std::string complaints() {
  std::string all, one;
  while (!_error->empty()) {
    _error->PopMessage(one);
    all += (all.empty() ? "" : "; ") + one;
  }
  return all.empty() ? "can't be read" : all;
}

stint::result<std::string> read_by_apt(const std::filesystem::path& path) {
  FileFd file;
  if (!file.Open(path.string(), FileFd::ReadOnly, FileFd::Extension))
    return failed(path, complaints());
  std::string text;
  for (;;) {
    const auto before = text.size();
    text.resize(before + (std::size_t{1} << 20));
    unsigned long long got = 0;
    if (!file.Read(text.data() + before, text.size() - before, &got))
      return failed(path, complaints());
    text.resize(before + got);
    if (text.size() > index_limit)
      return failed(path, "unpacks to more than " + std::to_string(index_limit >> 20) + " MiB");
    if (got == 0)
      return text;
  }
}

/// libapt-pkg takes a gzip file that was cut off for a short one, so zlib itself reads those.
stint::result<std::string> read_by_zlib(const std::filesystem::path& path) {
  std::string text;
  auto done = gunzip(path, [&text](std::string_view piece) {
    text += piece;
    return text.size() <= index_limit;
  });
  if (!done)
    return done.error();
  return text;
}

} // namespace

std::vector<std::filesystem::path> find_indexes(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> out;
  std::error_code ignored;
  for (const auto& entry : std::filesystem::directory_iterator(folder, ignored))
    if (entry.is_regular_file(ignored) && without_extension(entry.path().filename().string()).ends_with("_Packages"))
      out.push_back(entry.path());
  std::sort(out.begin(), out.end());
  return out;
}

std::vector<index_source> describe_indexes(const std::vector<std::filesystem::path>& paths) {
  std::vector<index_source> out;
  std::set<std::string> taken;
  for (const auto& path : paths) {
    auto source = describe(path);
    const auto base = source.repo;
    for (int n = 2; !taken.insert(source.repo).second; ++n)
      source.repo = base + "-" + std::to_string(n);
    out.push_back(std::move(source));
  }
  return out;
}

void prepare_reader() { APT::Configuration::getCompressors(); }

stint::result<std::string> read_index(const std::filesystem::path& path) {
  std::error_code error;
  const auto status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status))
    return failed(path, "does not exist");
  if (std::filesystem::is_directory(status))
    return failed(path, "is a folder");
  auto text = path.extension() == ".gz" ? read_by_zlib(path) : read_by_apt(path);
  if (!text)
    return text.error();
  // An empty index is a good one: suites without packages have it. Anything else begins with a field and ends a line.
  if (text->empty())
    return text;
  const auto colon = text->find_first_of(":\n");
  if (colon == std::string::npos || (*text)[colon] != ':' || text->find('\0') != std::string::npos)
    return failed(path, "is no package index");
  if (text->back() != '\n')
    return failed(path, "ends in the middle of a line: it was cut off");
  return text;
}

} // namespace publisher
