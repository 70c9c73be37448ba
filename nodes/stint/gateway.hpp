/// The one actor of an owner's process that holds remote handles: it checks what comes in, and hands it to the list.
///
/// 1. greets clients and nodes, refuses who speaks otherwise
/// 2. asks the list what clients ask, and sends the answers
/// 3. has a stand-in enlisted for each slot of a node
/// 4. keeps the nodes' leases; ends the stand-ins of a node that is lost or leaves
/// 5. has an ear at the list for each subscriber of a client
/// 6. says who is connected, and whose TLS handshakes failed
///
/// Owner    stint::published.
/// Threads  CAF's scheduler.
/// Errors   bad_message and peer_refused go back by name and are counted; the first hundred are logged.
#pragma once

#include <unordered_map>

#include <stint/caf_net.hpp>
#include <stint/client_ears.hpp>
#include <stint/environment.hpp>
#include <stint/lease.hpp>
#include <stint/node_messages.hpp>
#include <stint/output_credit.hpp>

namespace stint {

class gateway final : public caf_shim::actor_base {
public:
  gateway(caf::actor_config& cfg, caf::actor owner, std::shared_ptr<environment> env, lease_times times);

  caf::behavior make_behavior() override;
  void on_exit() override;

private:
  struct peer {
    caf::actor who; ///< null: its link broke, its lease runs on
    std::string name;
    std::uint64_t boot = 0; ///< drawn by its process, or by its connection to a list: the same one is the same
    std::vector<caf::actor> slots;
    wire::role role = wire::role::client;
    std::vector<std::string> kinds;
    std::vector<std::string> labels;
    stint::steady_time heard{};
    output_tally output{wire::output_window};
  };

  void hear(envelope& e);
  void greet(const caf::actor& who, const wire::hello& h);
  void beaten(std::uint64_t session, peer& p, const wire::beat& b);
  void asked(std::uint64_t session, wire::ask& q);
  bool waits_already(std::uint64_t session, const wire::ask& q);
  void run(std::uint64_t session, std::uint64_t number, protocol::submit m);
  caf::result<node_list> nodes();
  void tell_nodes(caf::typed_response_promise<node_list> answer);
  void look_at_refusals();
  void hear_of(const node_messages::refusals& m);
  template <class Answer, class Question>
  void pass_on(std::uint64_t session, std::uint64_t number, Question q, std::uint64_t boot);
  template <class T>
  void transmit(const caf::actor& to, wire::frame what, const T& body) {
    caf_shim::tell(*this, to, envelope{wire::protocol_number, static_cast<std::uint32_t>(what), wire::encode(body)});
  }
  /// To a client or node that is linked; nothing otherwise.
  template <class T>
  void say(std::uint64_t session, wire::frame what, const T& body) {
    if (auto p = peers_.find(session); p != peers_.end() && p->second.who)
      transmit(p->second.who, what, body);
  }
  void refuse(const caf::actor& who, errc code, const std::string& why);
  void cut_off(std::uint64_t session, peer& p);
  void lost(std::uint64_t session);
  void retiring(const peer& p, bool soon);
  void left(std::uint64_t session);
  [[nodiscard]] std::size_t free_slots() const;
  void take_deaths_back(std::uint64_t boot);
  void end_stand_ins(peer& p);
  [[nodiscard]] static std::vector<caf::actor_id> stand_ins(const peer& p);
  void look();

  caf::actor owner_;
  std::shared_ptr<environment> env_;
  lease_times times_;
  leases leases_;
  client_ears ears_;
  std::uint64_t life_; ///< tells this owner from one before it
  std::unordered_map<caf::actor_addr, std::uint64_t> sessions_;
  std::map<std::uint64_t, peer> peers_;
  std::uint64_t last_session_ = 0;
  /// Open waits of clients that say who they are: that process, its number of the question, and the session to be answered.
  std::map<std::pair<std::uint64_t, std::uint64_t>, std::uint64_t> waiting_;
  std::uint64_t refused_ = 0;
  caf::actor tls_witness_; ///< null without TLS
  std::map<std::string, std::uint64_t> refused_handshakes_;
  std::size_t room_ = limits{}.workers; ///< for slots of nodes, beside the workers that the list has itself
  bool keeps_ = false; ///< the list goes on from a store: its nodes may go on without it for a lease
  bool looking_ = false;
};

} // namespace stint
