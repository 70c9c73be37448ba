/// Reads Debian package indexes, plain or compressed, whole into memory.
///
/// Threads  prepare_reader() once, before any thread reads; then any number of them.
/// Errors   io_failed with the file's name: missing, unreadable, cut off, too large, or no package index.
/// Units    bytes.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include <stint/error.hpp>

namespace publisher {

/// An index file, and what its name says about it.
struct index_source {
  std::filesystem::path path;
  std::string repo;      ///< bookworm-main
  std::string component; ///< main
};

/// An uncompressed index may not be larger; the largest real ones have 60 MB, a small file can unpack to anything.
inline constexpr std::size_t index_limit = std::size_t{512} << 20;

/// Lists the package indexes in a folder that are named as apt names them, in the order of their names.
std::vector<std::filesystem::path> find_indexes(const std::filesystem::path& folder);

/// Derives repositories' names from the files' names; no two are the same.
std::vector<index_source> describe_indexes(const std::vector<std::filesystem::path>& paths);

/// Has libapt-pkg look up its decompressors; that part of it is not made for several threads.
void prepare_reader();

/// Reads and decompresses one index.
stint::result<std::string> read_index(const std::filesystem::path& path);

} // namespace publisher
