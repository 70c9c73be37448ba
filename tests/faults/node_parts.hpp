/// What the files of ./dev faults nodes share.
#pragma once

#include <cstdint>
#include <string>

namespace stint::faults {

struct node_settings {
  std::uint64_t kills = 500;
  std::uint64_t stops = 200;
  std::uint64_t cuts = 20;
  std::uint64_t owners = 10;
  std::uint64_t defaults = 5;
  std::uint64_t rubbish = 1'000;
  std::string folder = "node_faults.d";
  std::uint64_t seed = 1;
  std::uint64_t patience = 1; ///< how many times a bar of time may be taken: more where the machine is busy
  std::string only;
};

inline unsigned long long n(std::uint64_t v) { return v; }

/// Connections that send rubbish, stop half-way or trickle, at a port where others work.
bool rubbish_at_the_port(const node_settings& s);

/// A peer that speaks another protocol number is told so by name.
bool other_versions_are_refused(const node_settings& s);

} // namespace stint::faults
