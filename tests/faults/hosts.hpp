/// A network of hosts on this machine: each a network namespace with one cable to ours, which can be cut and slowed.
///
/// Owner    a program; everything is gone with it, also after kill -9: the namespaces belong to children that die with it.
/// Errors   `usable` tells whether there is one: it takes root, iproute2 and nftables. What fails later throws.
#pragma once

#include <cstddef>
#include <string>

#include <sys/types.h>

namespace stint::faults {

class hosts {
public:
  /// Takes this process into a namespace of its own, before it has any thread; false: it may not.
  static bool enter();

  hosts() = delete;
};

/// Starts a shell command in a folder, with what it prints appended to a file there; it dies with this process. `network`: a
/// namespace's descriptor, -1 for our own.
pid_t start_program(const std::string& folder, const std::string& output, const std::string& command, int network = -1);

/// Which way a cable is cut, as the owner sees it.
enum class cut { both, to_host, from_host };

class host {
public:
  /// `number` from 1 to 200.
  explicit host(std::size_t number);
  ~host();
  host(const host&) = delete;
  host& operator=(const host&) = delete;

  [[nodiscard]] std::size_t number() const { return number_; }
  /// Our end of the cable, as this host sees it.
  [[nodiscard]] std::string owner_address() const { return net() + ".1"; }

  /// As start_program, on this host.
  [[nodiscard]] pid_t start(const std::string& folder, const std::string& output, const std::string& command) const;

  void cut_cable(cut which) const;
  void heal() const;
  /// Bits a second, each way; as tc writes them.
  void slow_down(const std::string& rate) const;

private:
  [[nodiscard]] std::string net() const { return "10.77." + std::to_string(number_); }
  [[nodiscard]] std::string cable() const { return "stint" + std::to_string(number_); }
  void there(const std::string& command) const;

  std::size_t number_;
  pid_t holder_ = 0;
};

} // namespace stint::faults
