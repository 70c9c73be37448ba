/// Has one command run by a served list, and prints what it prints, without ever keeping its program waiting.
///
///   run_command                    follower                          list elsewhere
///     |                               |-- submit, subscribe ------------->|
///     |                               |<-- events, notices of output -----|
///     |                               |-- read_output ------------------->|   prints it
///     |-- exit (Ctrl-C) ------------->|-- cancel ------------------------>|   then as always
///     |-- exit (the second) --------->|   ends
///     |<-- run_state -----------------|
///
/// Owner    run_command.
/// Threads  its own, because standard output may block.
/// Errors   said in run_state, with the exit code.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include <stint/caf.hpp>
#include <stint/protocol.hpp>

#include "news.hpp"

namespace stint::cli {

/// What the program's first thread sees of a follower.
struct run_state {
  news said;                         ///< for people; also rings when something else here has changed
  std::atomic<int> code{-1};         ///< it has ended, with this exit code
  std::atomic<task_id> id{0};        ///< of the task, when there is one
  std::atomic<bool> cancelling{false}; ///< the list has heard that the task is to be cancelled
};

/// How people are told of a task; 0: it has no id yet.
inline std::string shown_name(task_id id) { return id == 0 ? "the task" : "task " + std::to_string(id); }

class follower final : public caf_shim::actor_base {
public:
  follower(caf::actor_config& cfg, caf::actor list, spec what, std::shared_ptr<run_state> state);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct ending {
    stint::state state = stint::state::failed;
    std::int32_t code = 0;
    std::string error;
  };

  [[nodiscard]] filter mine() const;
  void submit();
  void subscribe();
  void look(stint::state now, std::uint32_t attempt, std::int32_t code, const std::string& error);
  void say_why_later(nanos rest);
  void say_why_it_waits();
  void read();
  void print(output_piece piece);
  void interrupt();
  void taken(std::uint64_t number);
  void end(int code, std::string why = {});
  void end_as_the_task();

  caf::actor list_;
  spec what_;
  std::shared_ptr<run_state> state_;
  bool submitted_ = false; ///< asked for, if not yet acknowledged
  std::string tag_; ///< that only its task has
  task_id id_ = 0;
  std::uint64_t printed_ = 0; ///< bytes of its output
  std::uint64_t missed_ = 0;  ///< of them, those that the list had not kept
  bool line_open_ = false;    ///< what was printed last was no newline
  bool reading_ = false;
  bool more_ = false; ///< there may be more than what is being read
  bool known_ = false; ///< in this snapshot
  bool waits_ = false; ///< and does not run
  bool asks_why_ = false; ///< or will soon
  std::string last_why_;
  std::uint32_t attempt_ = 0; ///< the last one that began; one that came back unbegun keeps its number
  std::uint64_t lives_ = 0; ///< resets: what was asked before one may be answered by another list
  bool interrupted_ = false;
  std::optional<ending> ended_;
};

} // namespace stint::cli
