/// One life of a child: started as a program, heard through a pipe, killed.
///
/// Owner    a trial.
/// Threads  the caller's.
/// Units    nanoseconds.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "child.hpp"
#include "told.hpp"

namespace stint::faults {

struct life_end {
  std::uint64_t ready_ns = 0; ///< what the list's start took; 0: it was not ready
  bool killed = false;        ///< by a signal, ours or its own
  bool finished = false;
  int code = 0;               ///< else, its exit code
  std::uint64_t quarantined = 0;
  std::uint64_t ended = 0;
};

using hear_fn = std::function<void(const record&)>;

/// When a life ends: `kill_after` it was ready, or by itself; `longest` bounds it in any case.
struct life_plan {
  std::chrono::nanoseconds kill_after{-1};
  std::chrono::nanoseconds longest = std::chrono::seconds{30};
  bool kill_when_done = false;
  std::function<void()> before_kill{}; ///< what is heard after it does not count: it may never have been told
  hear_fn hear_late{};                 ///< but is heard here
};

life_end live(const child_orders& orders, const life_plan& plan, const hear_fn& hear);

/// The command line of a child, and back.
std::vector<std::string> words_of(const child_orders& orders);
child_orders orders_of(const std::vector<std::string>& words);

} // namespace stint::faults
