/// A served list, its workers and its clients as real processes of the built program, and a client in the test itself.
///
/// Owner    one test; everything that still runs is killed at its end, also when it is killed itself.
/// Threads  one at a time.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include <sys/types.h>

#include "command/processes.hpp"
#include "nodes/tls_client.hpp"

namespace stint::test {

/// How a program ended.
struct node_run {
  int code = -1;
  std::string out;
  std::string err;
};

class node_processes {
public:
  /// Makes the certificates.
  node_processes();
  ~node_processes();

  /// Starts `stint serve`, waits until it listens.
  void serve(const std::string& more = {});
  /// Starts a worker; `dir`: its certificates, `more`: options.
  pid_t worker(int slots, const std::string& dir = "certs", const std::string& more = {});
  /// Starts one with one slot that connects to another port of this host.
  pid_t worker_through(std::uint16_t port);
  /// Runs `stint ARGUMENTS` to its end; one that has none in 30 s is killed.
  [[nodiscard]] node_run stint(const std::string& arguments) const;
  /// Runs a shell script in the folder.
  [[nodiscard]] node_run shell(const std::string& script) const;
  static void send(pid_t whom, int signal);
  /// Kills and reaps one that was started here.
  void kill(pid_t whom);
  void kill_server() { kill(server_); }
  /// Waits until the server has ended by itself; returns its exit code.
  int server_code();
  [[nodiscard]] pid_t server() const noexcept { return server_; }
  /// Asks every 10 ms until `holds`; after a minute the test has failed, and this returns false.
  bool until(const std::function<bool()>& holds, const char* what);
  bool until_workers(std::size_t n);

  [[nodiscard]] std::uint16_t port() const { return static_cast<std::uint16_t>(std::stoi(port_)); }
  [[nodiscard]] std::string address() const { return "127.0.0.1:" + port_; }
  [[nodiscard]] std::string link(const std::string& dir = "certs") const {
    return "--connect " + address() + " --tls " + dir;
  }
  [[nodiscard]] std::string path(const std::string& name) const { return dir_ / name; }
  [[nodiscard]] std::string file(const std::string& name) const { return read_file(dir_ / name); }

  /// A client in this process.
  [[nodiscard]] list& tasks();

private:
  pid_t start(const std::string& arguments, const std::string& err, int out);

  scratch_folder dir_;
  std::vector<pid_t> started_;
  pid_t server_ = 0;
  std::string port_ = "0";
  int number_ = 0;
  std::unique_ptr<tls_client> client_;
};

} // namespace stint::test
