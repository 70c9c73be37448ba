#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <stop_token>

#include <sys/stat.h>
#include <unistd.h>

#include <stint/program.hpp>

#include "serve.hpp"

namespace stint::cli {

namespace {

/// Runs OpenSSL's tool; what it says is shown when it fails.
void openssl(std::vector<std::string> args) {
  program p;
  p.command = {"openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-sha256"};
  p.command.insert(p.command.end(), args.begin(), args.end());
  std::string said;
  const auto end = run_program(p, {}, std::stop_token{}, [&said](std::string_view text) { said += text; });
  if (end.what != program_end::how::exited || end.number != 0)
    throw start_error{{errc::io_failed, "openssl: " + (said.empty() ? end.text : said)}};
}

/// A folder that is removed again, unless what is in it has been moved away.
class stage {
public:
  explicit stage(const std::string& in) {
    auto name = in + "/.certs-XXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
      throw start_error{{errc::io_failed, in + ": " + std::strerror(errno)}};
    path_ = std::move(name);
  }
  stage(const stage&) = delete;
  stage& operator=(const stage&) = delete;
  ~stage() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }

private:
  std::string path_;
};

constexpr std::array<const char*, 4> files{"ca.pem", "ca.key", "cert.pem", "key.pem"};

/// All of them, or none: one that cannot be put there takes the others with it.
void put_in_place(const stage& made, const std::string& dir) {
  std::vector<std::string> placed;
  for (const char* name : files) {
    const auto to = dir + "/" + name;
    // A link, because a rename would replace a file that has come meanwhile.
    if (::link((made / name).c_str(), to.c_str()) == 0) {
      placed.push_back(to);
      continue;
    }
    const auto why = errno;
    for (const auto& gone : placed)
      ::unlink(gone.c_str());
    throw start_error{{why == EEXIST ? errc::invalid_option : errc::io_failed,
                       to + (why == EEXIST ? " is there already" : std::string{": "} + std::strerror(why))}};
  }
}

} // namespace

int make_certs(const std::string& dir) {
  ::umask(077); // keys are nobody else's
  for (const char* name : files)
    if (std::filesystem::exists(dir + "/" + name))
      throw start_error{{errc::invalid_option, dir + "/" + name + " is there already"}};
  const auto fresh = std::filesystem::create_directories(dir);
  try {
    const stage made{dir};
    openssl({"-days", "3650", "-subj", "/CN=stint CA", "-keyout", made / "ca.key", "-out", made / "ca.pem"});
    openssl({"-days", "825", "-subj", "/CN=stint member", "-addext", "basicConstraints=critical,CA:FALSE", "-CA",
             made / "ca.pem", "-CAkey", made / "ca.key", "-keyout", made / "key.pem", "-out", made / "cert.pem"});
    put_in_place(made, dir);
  } catch (...) {
    if (fresh)
      ::rmdir(dir.c_str());
    throw;
  }
  std::cout << "made " << dir << ": copy ca.pem, cert.pem and key.pem to the other machines, and keep ca.key to yourself\n";
  return 0;
}

} // namespace stint::cli
