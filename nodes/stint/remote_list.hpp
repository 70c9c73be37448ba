/// The local proxy of a list in another process: it answers the messages of <stint/protocol.hpp> that can travel.
///
/// Owner    stint::list made with connect(); it ends the proxy.
/// Threads  CAF's scheduler; connect() blocks a plain thread until the first link is there or has failed.
/// Errors   link_lost: the link broke, or the owner was silent for as long as its lease says, under a change whose fate is not
///          known, or under a fence, which would be another one if it were asked again. Other questions and submissions are
///          asked again by themselves: a submission has an idempotency key, its own or one that the proxy gives it. A wait
///          with a time-out ends in its time, linked or not; told by the proxy itself it bears version 0 and no task.
///          body_cannot_travel for callables, peer_refused for what only the owner's process may ask.
/// Example  caf::actor_system_config cfg;
///          stint::configure(cfg, stint::link_security::tls_folder("certs"));
///          caf::actor_system system{cfg};
///          stint::list tasks{system, stint::connect(system, {"build.example", 7100})};
#pragma once

#include <memory>
#include <set>
#include <span>

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
    stint::steady_time until{}; ///< of a wait that has a time-out
    std::function<void(const wire::answer&)> answer;
  };

  wire::hello greeting() override;
  void linked(const wire::welcome& w) override;
  void unlinked() override;
  void hear(wire::frame what, const std::string& body) override;
  template <class Answer>
  caf::result<Answer> pass_on(std::uint32_t number, std::string body, bool again, nanos patience = {});
  template <class Answer>
  caf::result<Answer> submit(std::uint32_t number, const std::vector<submission>& tasks, bool as_one);
  [[nodiscard]] result<unit_t> askable(const std::string& body, bool again) const;
  void ask_list(std::uint32_t number, std::string body, bool again, nanos patience, std::function<void(const wire::answer&)> then);
  [[nodiscard]] result<std::string> written(std::span<const submission> tasks, bool as_one) const;
  struct parts;
  caf::result<protocol::submitted_each> submit_each(std::vector<submission>& tasks);
  void submit_parts(const std::shared_ptr<parts>& all);
  void submit_singly(const std::shared_ptr<parts>& all, std::size_t first, std::size_t count);
  void beat();
  void look_at_time(stint::steady_time when);
  void look_in_time(stint::steady_time now);
  [[nodiscard]] stint::steady_time overdue_from(stint::steady_time until) const;
  std::optional<question> take(std::uint64_t number);

  streams streams_;
  std::optional<held_lease> heart_; ///< here it says how long the owner may be silent
  nanos every_{};
  stint::steady_time greeted_{};
  bool beating_ = false;
  std::map<std::uint64_t, question> open_;
  std::set<std::pair<stint::steady_time, std::uint64_t>> timed_; ///< those with an end to their patience
  std::set<stint::steady_time> looks_; ///< at these, that are on their way: one more only for an earlier moment
  std::uint64_t last_ = 0;
  std::uint64_t life_ = 0; ///< of the list that was met last
  std::uint64_t boot_ = 0; ///< tells this proxy from all others
  std::string nonce_;      ///< and its keys
};

} // namespace stint
