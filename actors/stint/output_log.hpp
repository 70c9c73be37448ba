/// The actor that keeps what bodies print, so that text never goes through the owner.
///
/// With a store, the list's commits pass here on their way to the keeper, when there is new text, and take it along: what a
/// body said is on the disk no later than its end. Text that has left memory is read from the store: that of tasks which are
/// there only, and what is too much.
///
/// Owner    the list.
/// Threads  CAF's scheduler.
/// Errors   whether a task exists is the list's to say; a task that printed nothing reads as empty.
/// Units    bytes; bounded per task and in all: the text that has been silent for longest goes first, as bytes dropped.
/// Durable  text of a running task is as old as the list's last commit, `longest_unsaved_text` at most.
#pragma once

#include <list>
#include <map>

#include <stint/bounded_text.hpp>
#include <stint/crew_messages.hpp>
#include <stint/limits.hpp>

namespace stint {

class output_log final : public caf_shim::actor_base {
public:
  using printed_before = std::vector<std::pair<task_id, std::uint64_t>>;

  /// `before`: how much unfinished tasks have printed in the store.
  output_log(caf::actor_config& cfg, limits bounds, caf::actor list = {}, caf::actor keeper = {}, printed_before before = {});

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct printed {
    bounded_text text;
    std::list<task_id>::iterator place;
  };

  std::uint64_t append(task_id id, std::string_view more);
  void add_output(store::batch& b);
  caf::result<output_piece> read(const protocol::read_output& m);

  limits bounds_;
  caf::actor list_;   ///< that wants to know of new text, with a store
  caf::actor hub_;    ///< while somebody wants notices
  caf::actor keeper_; ///< with a store
  std::map<task_id, printed> texts_;
  std::list<task_id> silent_; ///< of whom text is kept; who has been silent for longest comes first
  std::map<task_id, std::uint64_t> before_; ///< how much tasks have printed whose text is in the store only
  std::map<task_id, std::uint64_t> fresh_;  ///< texts that are not stored from there on
  std::size_t kept_ = 0;
};

} // namespace stint
