#include "publication.hpp"

#include "gzip.hpp"
#include "new_file.hpp"
#include "release.hpp"

#include <map>
#include <set>

namespace publisher {

namespace {

using stanzas = std::vector<std::string_view>;

/// What one distribution consists of: component, then architecture, then packages.
struct contents {
  std::map<std::string, std::map<std::string, stanzas>> components;
  std::set<std::string> architectures;
  std::uint64_t refused = 0;
};

/// Two files that get the same text, one of them compressed.
class index_pair {
public:
  static stint::result<index_pair> begin(const std::filesystem::path& folder) {
    auto plain = new_file::begin(folder / "Packages");
    if (!plain)
      return plain.error();
    auto packed = new_file::begin(folder / "Packages.gz");
    if (!packed)
      return packed.error();
    return index_pair{std::move(*plain), std::move(*packed)};
  }

  void write(std::string_view text) {
    plain_->write(text);
    gzip_->write(text);
  }

  void finish() { gzip_->finish(); }

  /// Puts both into their places.
  stint::result<stint::unit_t> commit(const std::string& path, std::vector<release_entry>& entries) {
    auto plain = plain_->commit();
    if (!plain)
      return plain.error();
    auto packed = packed_->commit();
    if (!packed)
      return packed.error();
    entries.push_back({path + "/Packages", *plain});
    entries.push_back({path + "/Packages.gz", *packed});
    return stint::unit;
  }

private:
  index_pair(new_file plain, new_file packed)
    : plain_(std::make_unique<new_file>(std::move(plain))), packed_(std::make_unique<new_file>(std::move(packed))),
      gzip_(std::make_unique<gzip_writer>([to = packed_.get()](std::string_view piece) { to->write(piece); })) {}

  std::unique_ptr<new_file> plain_;
  std::unique_ptr<new_file> packed_;
  std::unique_ptr<gzip_writer> gzip_;
};

/// Cuts the indexes into stanzas and keeps those of this distribution; false when asked to stop.
bool collect(const publication& what, const std::vector<const repository*>& from, const reporter& report,
             contents& into) {
  for (const auto* repo : from) {
    stanza_reader reader{repo->text};
    stanza s;
    std::uint64_t seen = 0, taken = 0;
    auto& architectures = into.components[repo->source.component];
    while (reader.next(s)) {
      if (++seen % 1024 == 0 && report.stop())
        return false;
      if (!s.usable()) {
        ++into.refused;
      } else if (what.which.takes(s)) {
        architectures[std::string{s.architecture}].push_back(s.text);
        if (s.architecture != "all")
          into.architectures.insert(std::string{s.architecture});
        ++taken;
      }
    }
    report.print(repo->source.repo + ": took " + std::to_string(taken) + " of " + std::to_string(seen) + " packages\n");
  }
  // Packages for `all` architectures stand in the index of each; alone, they get their own.
  if (into.architectures.empty())
    into.architectures.insert("all");
  return true;
}

release_file describe(const publication& what, const contents& of) {
  release_file out;
  const auto joined = [](const auto& words, auto name) {
    std::string all;
    for (const auto& w : words)
      all += (all.empty() ? "" : " ") + name(w);
    return all;
  };
  auto& f = out.fields;
  f["Origin"] = "stint publish example";
  f["Label"] = what.prefix;
  f["Suite"] = f["Codename"] = what.distribution;
  f["Version"] = std::to_string(what.which.round + 1);
  f["Date"] = release_date(what.when);
  f["Architectures"] = joined(of.architectures, [](const std::string& a) { return a; });
  f["Components"] = joined(of.components, [](const auto& c) { return c.first; });
  f["Description"] = "Part of the package indexes of this machine, published again";
  return out;
}

stint::result<file_sum> write_whole(const std::filesystem::path& path, const std::string& text) {
  auto file = new_file::begin(path);
  if (!file)
    return file.error();
  file->write(text);
  return file->commit();
}

} // namespace

std::filesystem::path folder_of(const std::filesystem::path& out, const std::string& prefix,
                                const std::string& distribution) {
  return out / prefix / "dists" / distribution;
}

stint::result<published> publish(const publication& what, const std::vector<const repository*>& from,
                                 const reporter& report) {
  published done;
  contents all;
  if (!collect(what, from, report, all)) {
    done.stopped = true;
    return done;
  }
  done.refused = all.refused;
  if (all.refused != 0)
    report.print("left out " + std::to_string(all.refused) + " stanzas without package, version or architecture\n");

  std::uint64_t total = 0;
  for (const auto& [component, by_architecture] : all.components)
    for (const auto& [architecture, list] : by_architecture)
      total += list.size() * (architecture == "all" ? all.architectures.size() : 1);

  const auto folder = folder_of(what.out, what.prefix, what.distribution);
  std::vector<std::pair<std::string, index_pair>> written;
  for (auto& [component, by_architecture] : all.components)
    for (const auto& architecture : all.architectures) {
      const auto path = component + "/binary-" + architecture;
      auto files = index_pair::begin(folder / path);
      if (!files)
        return files.error();
      std::uint64_t here = 0;
      std::set<std::string_view> sources{architecture, "all"}; // one of them, when there is only `all`
      for (const auto source : sources)
        for (const auto text : by_architecture[std::string{source}]) {
          if (report.stop()) {
            done.stopped = true; // the temporary files go with their objects
            return done;
          }
          files->write(text);
          files->write("\n");
          ++here;
          report.progress(++done.packages, total);
        }
      files->finish();
      report.print("wrote " + path + ": " + std::to_string(here) + " packages\n");
      written.emplace_back(path, std::move(*files));
    }

  // All is written; what is left are some renames. The files of sums go last, so that they never speak of files that
  // are not there yet.
  auto release = describe(what, all);
  for (auto& [path, files] : written)
    if (auto ok = files.commit(path, release.entries); !ok)
      return ok.error();
  auto entries = release.entries;
  auto sum = write_whole(folder / "Release", render(release));
  if (!sum)
    return sum.error();
  entries.push_back({"Release", *sum});
  const auto sums = render_sums(entries);
  if (auto ok = write_whole(folder / "SHA256SUMS", sums); !ok)
    return ok.error();
  done.files = entries.size() + 1;
  done.bytes = sums.size();
  for (const auto& e : entries)
    done.bytes += e.sum.size;
  report.print("published " + std::to_string(done.packages) + " packages in " + std::to_string(done.files) + " files, "
               + std::to_string(done.bytes) + " bytes\n");
  return done;
}

} // namespace publisher
