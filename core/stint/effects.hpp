/// What the shell has to do because of a decision: start, stop, answer, tell, save. The core only says so.
///
/// Owner    the caller; one object gathers the effects of any number of decisions, in order.
/// Threads  plain values.
/// Durable  with a store, nothing but `changed` may leave the owner before those changes are committed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <stint/event.hpp>
#include <stint/record.hpp>
#include <stint/stored_setting.hpp>

namespace stint {

using wait_id = std::uint64_t; ///< given by the shell: who asked

/// Hand this attempt to that worker.
struct start_order {
  worker_id worker = 0;
  task_id id = 0;
  std::uint32_t attempt = 0;
};

/// Set the stop token of an attempt; if its body has not begun, it comes back as returned. In all of these, `epoch` is 0 for
/// attempts of this owner.
struct stop_order {
  worker_id worker = 0;
  task_id id = 0;
  std::uint32_t attempt = 0;
  stop_reason why = stop_reason::none;
  std::uint64_t epoch = 0;
};

/// Give back an attempt if its body has not begun.
struct recall_order {
  worker_id worker = 0;
  task_id id = 0;
  std::uint32_t attempt = 0;
  std::uint64_t epoch = 0;
};

/// The body of this attempt is stuck: go on with a new runner, say when it returns.
struct replace_order {
  worker_id worker = 0;
  task_id id = 0;
  std::uint32_t attempt = 0;
  std::uint64_t epoch = 0;
};

/// The outcome of this attempt is heard, so its node may forget it.
struct heard_order {
  worker_id worker = 0;
  task_id id = 0;
  std::uint32_t attempt = 0;
  std::uint64_t epoch = 0;
};

/// `refused`: why there is no answer.
struct wait_answer {
  wait_id wait = 0;
  wait_result answer;
  errc refused = errc::none;
};

struct fence_answer {
  wait_id wait = 0;
  fence_result answer;
  errc refused = errc::none;
};

struct effects {
  std::vector<start_order> start;
  std::vector<stop_order> stop;
  std::vector<recall_order> recall;
  std::vector<replace_order> replace;
  std::vector<heard_order> heard;
  std::vector<wait_answer> waits;
  std::vector<fence_answer> fences;
  std::vector<event> events;
  std::vector<task_id> changed;   ///< records to save
  std::vector<task_id> ended;     ///< tasks whose output is complete
  std::vector<task_id> removed;   ///< deleted: records and output to forget
  std::vector<stored_setting> settings; ///< to save
  std::vector<body_id> dropped;   ///< callables that no task needs any more
  std::vector<std::string> warnings;

  void clear() {
    start.clear();
    stop.clear();
    recall.clear();
    replace.clear();
    heard.clear();
    waits.clear();
    fences.clear();
    events.clear();
    changed.clear();
    ended.clear();
    removed.clear();
    settings.clear();
    dropped.clear();
    warnings.clear();
  }
};

} // namespace stint
