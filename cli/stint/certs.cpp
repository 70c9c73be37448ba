#include <filesystem>
#include <iostream>
#include <stop_token>

#include <sys/stat.h>

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

} // namespace

int make_certs(const std::string& dir) {
  ::umask(077); // keys are nobody else's
  std::filesystem::create_directories(dir);
  for (const char* name : {"ca.pem", "ca.key", "cert.pem", "key.pem"})
    if (std::filesystem::exists(dir + "/" + name))
      throw start_error{{errc::invalid_option, dir + "/" + name + " is there already"}};
  openssl({"-days", "3650", "-subj", "/CN=stint CA", "-keyout", dir + "/ca.key", "-out", dir + "/ca.pem"});
  openssl({"-days", "825", "-subj", "/CN=stint member", "-addext", "basicConstraints=critical,CA:FALSE", "-CA",
           dir + "/ca.pem", "-CAkey", dir + "/ca.key", "-keyout", dir + "/key.pem", "-out", dir + "/cert.pem"});
  std::cout << "made " << dir << ": copy ca.pem, cert.pem and key.pem to the other machines, and keep ca.key to yourself\n";
  return 0;
}

} // namespace stint::cli
