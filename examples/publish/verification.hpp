/// Checks published files: every sum and size, every gzip file to its end, every stanza; and cleans up leftovers.
///
/// Threads  while nobody publishes what is looked at.
/// Errors   faults are texts with file names; an unreadable folder is a fault like others.
/// Units    bytes, files, packages.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include <stint/error.hpp>

#include "publication.hpp"

namespace publisher {

struct verdict {
  std::uint64_t distributions = 0;
  std::uint64_t files = 0;
  std::uint64_t packages = 0;
  std::uint64_t bytes = 0;
  std::vector<std::string> faults;
};

/// Finds the distributions below a folder: whatever has a Release file.
std::vector<std::filesystem::path> find_distributions(const std::filesystem::path& out);

/// Checks one distribution's folder and adds what was found.
void verify_distribution(const std::filesystem::path& folder, verdict& into);

/// Removes what a killed run has left behind: unfinished files, and package indexes that no Release file names any more.
/// It never touches a file that this program can't have written. Returns how many were removed.
stint::result<std::uint64_t> clean_up(const std::filesystem::path& out, const reporter& report);

} // namespace publisher
