/// The Release file of a distribution: its fields, and the sum and size of every file below it.
///
/// Threads  pure.
/// Errors   io_failed with the line's number when a text is no Release file.
/// Source   https://wiki.debian.org/DebianRepository/Format: "Release" files.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <stint/time.hpp>

#include "new_file.hpp"

namespace publisher {

struct release_entry {
  std::string path; ///< main/binary-amd64/Packages, below the Release file
  file_sum sum;
};

struct release_file {
  std::map<std::string, std::string, std::less<>> fields; ///< Origin, Suite, ...
  std::vector<release_entry> entries;
};

/// The fields every Release file of ours has, in the order they are written.
inline constexpr std::string_view release_fields[] = {"Origin", "Label",         "Suite",      "Version",    "Codename",
                                                      "Date",   "Architectures", "Components", "Description"};

/// Writes a moment as Release files have it: Sat, 11 Jul 2026 10:16:37 UTC.
std::string release_date(stint::wall_time when);

/// Renders the file.
std::string render(const release_file& release);

/// Reads the file; paths that lead out of its folder are refused.
stint::result<release_file> parse_release(std::string_view text);

/// Renders the sums as `sha256sum -c` reads them.
std::string render_sums(const std::vector<release_entry>& entries);

/// Reads what render_sums() writes; sizes stay 0.
stint::result<std::vector<release_entry>> parse_sums(std::string_view text);

} // namespace publisher
