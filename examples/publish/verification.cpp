#include "verification.hpp"

#include "gzip.hpp"
#include "new_file.hpp"
#include "release.hpp"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace publisher {

namespace {

namespace fs = std::filesystem;

stint::result<std::string> read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  // Of a folder, too, one gets a stream; only reading it fails.
  if (!in || fs::is_directory(path))
    return {stint::errc::io_failed, path.string() + ": can't be read"};
  if (in.peek() != std::ifstream::traits_type::eof())
    text << in.rdbuf();
  return std::move(text).str();
}

/// All files below a folder. What can't be entered is left out here and missed by the sums.
std::vector<fs::path> files_below(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, error), end;
       !error && it != end; it.increment(error))
    if (it->is_regular_file(error))
      out.push_back(it->path());
  std::sort(out.begin(), out.end());
  return out;
}

void check_stanzas(const fs::path& path, verdict& into) {
  auto text = read_text(path);
  if (!text) {
    into.faults.push_back(text.error().text);
    return;
  }
  stanza_reader reader{*text};
  stanza s;
  while (reader.next(s)) {
    ++into.packages;
    if (!s.usable()) {
      into.faults.push_back(path.string() + ": stanza " + std::to_string(into.packages) + " is no package");
      return;
    }
  }
  if (!text->empty() && !text->ends_with("\n\n"))
    into.faults.push_back(path.string() + ": the last stanza is not complete");
}

/// The compressed file must hold just what the plain one beside it does.
void check_gzip(const fs::path& path, const release_file& release, const std::string& plain, verdict& into) {
  sha256 sum;
  std::uint64_t size = 0;
  auto ok = gunzip(path, [&](std::string_view piece) {
    sum.add(piece);
    size += piece.size();
    return size <= index_limit;
  });
  if (!ok) {
    into.faults.push_back(ok.error().text);
    return;
  }
  const file_sum unpacked{sum.hex(), size};
  for (const auto& e : release.entries)
    if (e.path == plain && e.sum != unpacked)
      into.faults.push_back(path.string() + ": does not hold the same as " + plain);
}

void check_sums(const fs::path& folder, const release_file& release, verdict& into) {
  const auto path = folder / "SHA256SUMS";
  auto text = read_text(path);
  auto sums = text ? parse_sums(*text) : text.error();
  if (!sums) {
    into.faults.push_back(path.string() + ": " + sums.error().text);
    return;
  }
  std::set<std::string> named;
  for (const auto& e : *sums) {
    named.insert(e.path);
    if (auto found = sum_of(folder / e.path); !found)
      into.faults.push_back(found.error().text);
    else if (found->sha256 != e.sum.sha256)
      into.faults.push_back((folder / e.path).string() + ": has not the sum that SHA256SUMS names");
  }
  for (const auto& e : release.entries)
    if (!named.contains(e.path))
      into.faults.push_back(path.string() + ": lacks " + e.path);
  if (!named.contains("Release"))
    into.faults.push_back(path.string() + ": lacks Release");
}

bool is_index(const fs::path& path) { return path.filename() == "Packages" || path.filename() == "Packages.gz"; }

bool is_unfinished(const fs::path& path) {
  const auto name = path.filename().string();
  return name == "Packages.new" || name == "Packages.gz.new" || name == "Release.new" || name == "SHA256SUMS.new";
}

} // namespace

std::vector<fs::path> find_distributions(const fs::path& out) {
  std::vector<fs::path> folders;
  for (const auto& path : files_below(out))
    if (path.filename() == "Release")
      folders.push_back(path.parent_path());
  return folders;
}

void verify_distribution(const fs::path& folder, verdict& into) {
  ++into.distributions;
  const auto path = folder / "Release";
  auto text = read_text(path);
  auto release = text ? parse_release(*text) : text.error();
  if (!release) {
    into.faults.push_back(path.string() + ": " + release.error().text);
    return;
  }
  for (const auto field : release_fields)
    if (!release->fields.contains(field))
      into.faults.push_back(path.string() + ": lacks the field " + std::string{field});
  if (release->entries.empty())
    into.faults.push_back(path.string() + ": names no files");
  into.files += 2; // Release and SHA256SUMS
  into.bytes += text->size();
  for (const auto& e : release->entries) {
    const auto file = folder / e.path;
    ++into.files;
    into.bytes += e.sum.size;
    auto found = sum_of(file);
    if (!found)
      into.faults.push_back(found.error().text);
    else if (found->size != e.sum.size)
      into.faults.push_back(file.string() + ": has " + std::to_string(found->size) + " bytes, Release says "
                            + std::to_string(e.sum.size));
    else if (found->sha256 != e.sum.sha256)
      into.faults.push_back(file.string() + ": has not the sum that Release names");
    else if (e.path.ends_with(".gz"))
      check_gzip(file, *release, e.path.substr(0, e.path.size() - 3), into);
    else if (is_index(file))
      check_stanzas(file, into);
  }
  check_sums(folder, *release, into);
}

stint::result<std::uint64_t> clean_up(const fs::path& out, const reporter& report) {
  std::set<fs::path> named;
  for (const auto& folder : find_distributions(out))
    if (auto text = read_text(folder / "Release"))
      if (auto release = parse_release(*text))
        for (const auto& e : release->entries)
          named.insert(folder / e.path);
  std::uint64_t removed = 0;
  const auto files = files_below(out);
  for (std::size_t i = 0; i < files.size() && !report.stop(); ++i) {
    report.progress(i + 1, files.size());
    const auto& file = files[i];
    const bool forgotten = is_index(file) && file.parent_path().filename().string().starts_with("binary-");
    if (!is_unfinished(file) && !(forgotten && !named.contains(file)))
      continue;
    std::error_code error;
    fs::remove(file, error);
    if (error)
      return {stint::errc::io_failed, file.string() + ": " + error.message()};
    report.print("removed " + file.string() + "\n");
    ++removed;
  }
  report.print("removed " + std::to_string(removed) + " leftovers among " + std::to_string(files.size()) + " files\n");
  return removed;
}

} // namespace publisher
