/// Subscribes at the list for a subscriber in another process, and passes on what it hears.
///
///   list, hub                         remote_ear                        link (client)
///     |<-- subscribe{...} ----------------|<-- listen{number, from} ---------|
///     |-- snapshot, events, notices ----->|-- told{number, ...} ------------>|   at most a window of them
///     |<-- credit{messages} --------------|<-- taken{number, messages} ------|   the subscriber has worked them off
///     |                                   |<-- orphaned{} (the link broke)   |   hears on, so that the list remembers
///
/// Owner    the gateway's client_ears.
/// Threads  CAF's scheduler. It holds no remote handle.
/// Errors   what the list refuses goes to the client by name.
/// Order    that of the list; a batch that is large goes in parts, each with its (from, to].
/// Cost     holds what the list's credit allows, shared with the list; encodes what the window allows.
#pragma once

#include <deque>
#include <variant>

#include <stint/node_messages.hpp>
#include <stint/stream.hpp>

namespace stint {

struct remote_ear_setup {
  caf::actor owner;
  caf::actor gateway;
  std::uint64_t session = 0;
  wire::listen ask;
  nanos linger{}; ///< how long it hears on after its link broke
};

class remote_ear final : public caf_shim::actor_base {
public:
  remote_ear(caf::actor_config& cfg, remote_ear_setup with);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  using heard = std::variant<protocol::snapshot, protocol::snapshot_end, protocol::events, protocol::notices,
                             protocol::reset, protocol::closed>;

  void hear(heard what);
  void pass_on();
  bool pass(const protocol::snapshot& m);
  bool pass(const protocol::events& m);
  bool pass(const protocol::notices& m);
  bool pass(const protocol::snapshot_end& m);
  bool pass(const protocol::reset& m);
  bool pass(const protocol::closed& m);
  template <class T>
  bool pass_records(const std::vector<T>& all, std::vector<T> wire::told::*where, wire::told out);
  [[nodiscard]] wire::told of(wire::told_kind what) const;
  void say(const wire::told& out);
  void over();

  remote_ear_setup with_;
  stream_window window_;
  std::uint64_t number_ = 0;  ///< of the list's; 0: not subscribed yet
  std::deque<heard> waiting_; ///< no more than the list's credit, and what needs none
  std::size_t passed_ = 0;    ///< records of the first one that went already
  bool orphan_ = false;
};

} // namespace stint
