/// The subscribers of a client's process: to them the link is a list like one of their own.
///
/// 1. gives each a number of its own, and has the owner's gateway listen for it
/// 2. turns what comes from there into the messages of <stint/protocol.hpp>
/// 3. passes their credit on
/// 4. with a new link goes on where each of them is, or has it reset
/// 5. tells them when there is no list any more
///
/// Owner    remote_list; part of that actor.
/// Threads  that actor's.
/// Errors   what the owner refuses, no_subscriber, too_many_subscribers, unknown_subscription.
/// Order    as protocol::subscribe promises; across links too, with the numbers of the owner's versions.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>

#include <stint/environment.hpp>
#include <stint/frames.hpp>
#include <stint/stream.hpp>

namespace stint {

class streams {
public:
  using send_fn = std::function<void(wire::frame, std::string)>;

  streams(caf_shim::actor_base& self, std::shared_ptr<environment> env, send_fn send)
      : self_(self), env_(std::move(env)), send_(std::move(send)) {}

  caf::result<protocol::subscribed> subscribe(const protocol::subscribe& m);
  caf::result<protocol::changed> unsubscribe(std::uint64_t number);
  void credit(const protocol::credit& m);

  void linked(std::uint64_t life);
  void unlinked();
  void hear(wire::told m);
  /// The proxy ends.
  void end();

private:
  struct stream {
    caf::actor who;
    wire::listen ask; ///< its number is that of this link, 0: there is none
    stream_place place;
    std::size_t owed = 0; ///< messages that the subscriber has not worked off
    std::optional<caf::typed_response_promise<protocol::subscribed>> asker; ///< not answered yet
  };
  using all = std::map<std::uint64_t, stream>;

  void listen(std::uint64_t number, stream& s);
  void refused(all::iterator i, const error& why);
  void close(all::iterator i);
  void forget(all::iterator i);

  caf_shim::actor_base& self_;
  std::shared_ptr<environment> env_;
  send_fn send_;
  all all_;
  std::map<std::uint64_t, std::uint64_t> numbers_; ///< on this link, and whose they are
  std::unordered_map<caf::actor_addr, std::set<std::uint64_t>> of_; ///< an actor's
  std::uint64_t last_ = 0;      ///< subscription
  std::uint64_t last_sent_ = 0; ///< number on a link
  std::uint64_t life_ = 0;      ///< of the owner; 0: none yet
  bool up_ = false;
};

} // namespace stint
