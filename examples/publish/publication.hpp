/// One publish: picks a distribution's packages out of the indexes and writes its files.
///
///   <out>/<prefix>/dists/<distribution>/<component>/binary-<architecture>/Packages, Packages.gz
///                                       Release, SHA256SUMS
///
/// Owner    the indexes' texts belong to the catalog; nothing of them is copied.
/// Threads  whatever runs it, as long as nobody else publishes the same distribution: the caller claims it exclusively.
/// Errors   io_failed with the file's name; a stop gives `stopped`.
/// Units    bytes, packages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include <stint/error.hpp>
#include <stint/time.hpp>

#include "index_reader.hpp"
#include "stanza.hpp"

namespace publisher {

/// An index that has been read. Its text is written by one task, which claims `repo/<name>` exclusively, and read by
/// others, which share that claim: so it needs no lock.
struct repository {
  index_source source;
  std::string text;
  bool read = false; ///< a publish must not take an index that could not be read for an empty one
  bool tried = false;
};

struct publication {
  std::filesystem::path out;
  std::string prefix;
  std::string distribution;
  selection which;
  stint::wall_time when{};
};

struct published {
  std::uint64_t packages = 0; ///< stanzas written, once for each architecture
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::uint64_t refused = 0; ///< stanzas that lack what every package has
  bool stopped = false;      ///< gave up because it was asked to; the files stay as they were before
};

/// How a publish tells what it does; a task passes these on to its context.
struct reporter {
  std::function<void(std::string_view)> print = [](std::string_view) {};
  std::function<void(std::uint64_t done, std::uint64_t total)> progress = [](std::uint64_t, std::uint64_t) {};
  std::function<bool()> stop = [] { return false; };
};

/// The folder of a distribution.
std::filesystem::path folder_of(const std::filesystem::path& out, const std::string& prefix,
                                const std::string& distribution);

/// Publishes; the old files stay until the new ones are whole.
stint::result<published> publish(const publication& what, const std::vector<const repository*>& from,
                                 const reporter& report);

} // namespace publisher
