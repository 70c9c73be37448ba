/// Where an owner listens, as its clients and nodes name it.
///
/// Threads  plain values.
#pragma once

#include <cstdint>
#include <string>

namespace stint {

struct at {
  std::string host = "127.0.0.1";
  std::uint16_t port = 0;
};

} // namespace stint
