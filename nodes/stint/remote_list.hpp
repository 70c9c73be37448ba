/// The local proxy of a list in another process: it answers the messages of <stint/protocol.hpp> that can travel.
///
/// Owner    stint::list made with connect(); it ends the proxy.
/// Threads  CAF's scheduler; connect() blocks a plain thread until the first link is there or has failed.
/// Errors   link_lost: the link broke, or the owner was silent for as long as its lease says, under a change whose fate is not known. Questions and submissions are asked again by
///          themselves: a submission has an idempotency key, its own or one that the proxy gives it.
///          body_cannot_travel for callables, peer_refused for what only the owner's process may ask.
/// Example  caf::actor_system_config cfg;
///          stint::configure(cfg, stint::link_security::tls_folder("certs"));
///          caf::actor_system system{cfg};
///          stint::list tasks{system, stint::connect(system, {"build.example", 7100})};
#pragma once

#include <stint/configure_nodes.hpp>
#include <stint/lease.hpp>
#include <stint/link.hpp>
#include <stint/list.hpp>
#include <stint/streams.hpp>

namespace stint {

/// Connects to a published list; throws start_error when that fails at first. Later it connects again by itself.
caf::actor connect(caf::actor_system& system, at where, log_fn log = {});

/// The same without waiting: the proxy looks for the list until it is there, and answers node_messages::await_link.
caf::actor start_connecting(caf::actor_system& system, at where, log_fn log = {});

class remote_list final : public link {
public:
  remote_list(caf::actor_config& cfg, at where, std::shared_ptr<environment> env);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct question {
    wire::ask what;
    std::optional<wire::ask> rest{}; ///< of a run that was accepted; another list is asked for all of it
    bool again = false;
    std::function<void(const wire::answer&)> answer;
  };

  wire::hello greeting() override;
  void linked(const wire::welcome& w) override;
  void unlinked() override;
  void hear(wire::frame what, const std::string& body) override;
  template <class Answer>
  caf::result<Answer> pass_on(std::uint32_t number, std::string body, bool again);
  template <class Answer>
  caf::result<Answer> submit(std::uint32_t number, const std::vector<submission>& tasks, bool as_one);
  void beat();

  streams streams_;
  std::optional<held_lease> heart_; ///< here it says how long the owner may be silent
  nanos every_{};
  stint::steady_time greeted_{};
  bool beating_ = false;
  std::map<std::uint64_t, question> open_;
  std::uint64_t last_ = 0;
  std::uint64_t life_ = 0; ///< of the list that was met last
  std::string nonce_; ///< tells this proxy's keys from all others
};

} // namespace stint
