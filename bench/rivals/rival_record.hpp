/// What every rival that keeps records keeps of a task: the same nouns as stint's own record.
///
/// Threads  plain values.
/// Units    wall-clock times.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace stint::bench {

using rival_clock = std::chrono::system_clock;

enum class rival_state : std::uint8_t { waiting, running, succeeded, failed };

/// What a rival's body returns.
struct rival_result {
  int code = 0;
  std::string value; ///< empty text costs no allocation
  std::string error;
};

using rival_body = std::function<rival_result()>;

struct rival_record {
  std::uint64_t id = 0;
  std::string name;
  rival_state state = rival_state::waiting;
  int code = 0;
  rival_clock::time_point submitted{};
  rival_clock::time_point started{};
  rival_clock::time_point ended{};
  std::vector<std::string> claims;
  std::string value;
  std::string error;
};

/// What is submitted to a rival.
struct rival_task {
  std::string name;
  std::vector<std::string> claims;
  rival_body run;
};

} // namespace stint::bench
