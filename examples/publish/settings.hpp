/// The command line of the publisher, checked before anything runs.
///
/// Errors   each mistake is told with its name and exit code 2: invalid_option, io_failed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace publisher {

struct settings {
  std::vector<std::filesystem::path> indexes; ///< default: those that apt keeps
  std::filesystem::path out = "published";
  std::string prefix = "debian";
  std::uint32_t distributions = 4;
  std::uint32_t requests = 24;
  std::uint32_t clients = 4; ///< threads that submit requests at the same time
  std::uint32_t workers = 4;
  std::uint32_t clean_every = 16; ///< requests between two clean-ups; one more comes at the end
  std::filesystem::path store;    ///< file that keeps the tasks beyond the process; empty: none
  std::string connect;            ///< HOST:PORT of a list in another process; empty: our own
  std::string tls;                ///< folder of certificates for that
  bool insecure = false;          ///< or none of them
  bool work = false;              ///< run the tasks of that list, submit none
  bool plain = false;             ///< lines instead of the table, also on a terminal
  bool show_output = false;
  bool verify_only = false;
};

/// Reads the command line; an exit code when there is nothing more to do: after --help, or after a mistake.
std::optional<int> read_settings(int argc, char** argv, settings& into);

/// Names the distributions: stable, stable/updates, testing, ...
std::string distribution_name(std::uint32_t number);

} // namespace publisher
