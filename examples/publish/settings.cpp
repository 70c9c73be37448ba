#include "settings.hpp"

#include "index_reader.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>

#include <unistd.h>

#include <CLI/CLI.hpp>

#include <shown_text.hpp>
#include <stint/error.hpp>

namespace publisher {

namespace {

namespace fs = std::filesystem;

constexpr const char* apt_lists = "/var/lib/apt/lists";

stint::result<stint::unit_t> check_prefix(const std::string& prefix) {
  const auto bad = [&prefix](const std::string& why) {
    return stint::error{stint::errc::invalid_option, "--prefix " + prefix + ": " + why};
  };
  const fs::path path{prefix};
  if (prefix.empty() || prefix.size() > 128)
    return bad("1 to 128 characters are wanted");
  if (path.is_absolute() || prefix.back() == '/')
    return bad("a relative path is wanted");
  for (const auto& part : path)
    if (part == ".." || part == ".")
      return bad("it must not lead out of --out");
  for (const char c : prefix)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      return bad("it has a control character");
  return stint::unit;
}

stint::result<stint::unit_t> find_input(settings& s) {
  const bool named = !s.indexes.empty();
  if (!named)
    s.indexes = find_indexes(apt_lists);
  if (s.indexes.empty())
    return {stint::errc::io_failed, std::string{"no package index to read: "} + apt_lists
                                      + " has none (apt-get update fetches them), and no file is named"};
  for (const auto& path : s.indexes) {
    std::error_code error;
    if (!fs::exists(path, error))
      return {stint::errc::io_failed, path.string() + ": does not exist"};
    if (fs::is_directory(path, error))
      return {stint::errc::io_failed, path.string() + ": is a folder; name the files in it"};
    if (access(path.c_str(), R_OK) != 0)
      return {stint::errc::io_failed, path.string() + ": " + std::strerror(errno)};
  }
  return stint::unit;
}

/// Tries whether files can be made there, because a task that finds out later has done its work for nothing.
stint::result<stint::unit_t> try_out(const fs::path& out) {
  std::error_code error;
  fs::create_directories(out, error);
  if (error)
    return {stint::errc::io_failed, "--out " + out.string() + ": " + error.message()};
  const auto probe = out / ("writable.new");
  errno = 0;
  std::ofstream file(probe);
  if (!file)
    return {stint::errc::io_failed, "--out " + out.string() + ": " + std::strerror(errno)};
  file.close();
  fs::remove(probe, error);
  return stint::unit;
}

stint::result<stint::unit_t> check(settings& s) {
  if (auto ok = check_prefix(s.prefix); !ok)
    return ok;
  if (s.verify_only) {
    std::error_code error;
    if (!fs::is_directory(s.out, error))
      return {stint::errc::io_failed, "--out " + s.out.string() + ": is no folder"};
    return stint::unit;
  }
  if (auto ok = find_input(s); !ok)
    return ok;
  return s.work ? stint::result<stint::unit_t>{stint::unit} : try_out(s.out); // who submits says where to
}

} // namespace

std::optional<int> read_settings(int argc, char** argv, settings& into) {
  CLI::App app{"Publishes Debian package indexes as K distributions, one stint task for each request.\n"
               "Exit code: 0 when every task succeeded and every file verifies, 1 when not,\n"
               "2 after a mistake in the command line, 130 after Ctrl-C.",
               "publish"};
  app.add_option("INDEX", into.indexes, "Package indexes, plain or .gz .xz .lz4 .zst .bz2; none: those of apt");
  app.add_option("--out", into.out, "Folder to publish into, or to verify")->capture_default_str();
  app.add_option("--prefix", into.prefix, "Path below it: <out>/<prefix>/dists/...")->capture_default_str();
  app.add_option("--distributions", into.distributions, "How many to publish")
    ->check(CLI::Range(1, 1000))
    ->capture_default_str();
  app.add_option("--requests", into.requests, "Publishes asked for, of each distribution in turn")
    ->check(CLI::Range(1, 100'000))
    ->capture_default_str();
  app.add_option("--clients", into.clients, "Threads that ask at the same time")
    ->check(CLI::Range(1, 64))
    ->capture_default_str();
  app.add_option("--workers", into.workers, "Tasks that may run at once")
    ->check(CLI::Range(1, 1024))
    ->capture_default_str();
  app.add_option("--clean-every", into.clean_every, "Requests between two clean-ups")
    ->check(CLI::Range(1, 100'000))
    ->capture_default_str();
#ifdef STINT_HAS_STORE
  app.add_option("--store", into.store, "File of tasks: after a kill, the same command goes on where it was");
#endif
#ifdef STINT_HAS_NODES
  auto* far = app.add_option("--connect", into.connect, "List in another process, see stint serve; its workers publish")
                ->type_name("HOST:PORT");
  auto* tls = app.add_option("--tls", into.tls, "Folder of certificates, see stint certs")->type_name("DIR")->needs(far);
  app.add_flag("--insecure", into.insecure, "No TLS, on one machine")->needs(far)->excludes(tls);
  app.add_flag("--work", into.work, "Be one of its workers: run tasks, submit none")->needs(far);
#ifdef STINT_HAS_STORE
  far->excludes("--store");
#endif
#endif
  app.add_flag("--plain", into.plain, "Lines instead of the live table");
  app.add_flag("--show-output", into.show_output, "At the end, show what each task printed");
  app.add_flag("--verify-only", into.verify_only, "Publish nothing, verify what is there");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp& help) {
    return app.exit(help);
  } catch (const CLI::ParseError& mistake) {
    std::cerr << "publish: invalid_option: " << stint::harmless(mistake.what()) << "\n(publish --help lists them)\n";
    return 2;
  }
  if (auto ok = check(into); !ok) {
    std::cerr << "publish: " << stint::harmless(to_string(ok.error())) << "\n";
    return 2;
  }
  return std::nullopt;
}

std::string distribution_name(std::uint32_t number) {
  constexpr std::array<const char*, 8> names{"stable",   "stable/updates",    "testing",   "testing/updates",
                                             "unstable", "oldstable/updates", "oldstable", "experimental"};
  return number < names.size() ? names[number] : "release-" + std::to_string(number + 1);
}

} // namespace publisher
