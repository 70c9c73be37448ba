#include <stint/link.hpp>

#include <unistd.h>

#include <stint/configure_nodes.hpp>
#include <stint/lease.hpp>
#include <stint/tls_refusals.hpp>

namespace stint {

using namespace node_messages;

namespace {

/// CAF's own words name its functions.
std::string why_not(const caf::error& e) {
  if (e == caf::sec::cannot_connect_to_node)
    return "nobody accepts a connection there; does a list listen at that address and port?";
  if (e == caf::sec::disconnect_during_handshake)
    return "the connection ended before the handshake did; do both ends use TLS, with certificates of one CA?";
  if (e == caf::sec::connection_timeout)
    return "no answer in time; is it a list's port, and does its process run?";
  return caf::to_string(e);
}

/// Connects, on a thread of its own.
class connector final : public caf_shim::actor_base {
public:
  connector(caf::actor_config& cfg, caf::actor whom, at where) : actor_base(cfg), whom_(std::move(whom)), where_(where) {}

  caf::behavior make_behavior() override {
    if (protected_links(system()))
      tls_witness_ = spawn_tls_witness(system());
    return {[this](const connect_now&) {
      auto peer = caf_shim::reach(system(), where_.host, where_.port, static_cast<bool>(tls_witness_));
      if (peer)
        return caf_shim::tell(*this, whom_, connected{*peer, {}});
      const auto why = where_.host + ":" + std::to_string(where_.port) + ": " + why_not(peer.error());
      if (!tls_witness_)
        return failed(why);
      caf_shim::ask(*this, tls_witness_, take_trouble{})
        .then([this, why](const trouble& m) { failed(m.why.empty() ? why : why + "; TLS: " + m.why); },
              [this, why](const caf::error&) { failed(why); });
    }};
  }

  void on_exit() override {
    if (tls_witness_)
      caf_shim::end(*this, tls_witness_);
    tls_witness_ = nullptr;
    whom_ = nullptr;
    actor_base::on_exit();
  }

private:
  void failed(std::string why) {
    if (whom_)
      caf_shim::tell(*this, whom_, connected{{}, {errc::link_lost, std::move(why)}});
  }

  caf::actor whom_;
  at where_;
  caf::actor tls_witness_; ///< null without TLS
};

} // namespace

link::link(caf::actor_config& cfg, at where, std::shared_ptr<environment> env)
    : actor_base(cfg), where_(std::move(where)), env_(std::move(env)) {}

void link::open() {
  connector_ = system().spawn<connector, caf::detached>(caf::actor_cast<caf::actor>(this), where_);
  connect();
}

void link::connect() { caf_shim::tell(*this, connector_, connect_now{}); }

void link::is_connected(connected& m) {
  if (!m.peer) {
    reopen(m.why);
    return;
  }
  peer_ = std::move(m.peer);
  watch(peer_, [this](const caf::error&) {
    peer_ = nullptr;
    reopen({errc::link_lost, "the link broke"});
  });
  auto h = greeting();
  h.number = ++greeting_;
  transmit(wire::frame::hello, h);
  caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), lease_times{}.lease, await_welcome{greeting_});
}

/// A stopped owner has its socket open. CAF may give the same connection again, so a late welcome is told by its number.
void link::look_for_welcome(const await_welcome& m) {
  if (m.greeting == greeting_ && peer_ && !up_)
    reopen({errc::link_lost, "the list does not answer"});
}

void link::reopen(const error& why) {
  if (peer_)
    unwatch(peer_);
  peer_ = nullptr;
  if (std::exchange(up_, false))
    unlinked();
  if (to_string(why) != to_string(trouble_))
    env_->log(log_level::warning, "not connected: " + to_string(why));
  trouble_ = why;
  settle(why);
  caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), std::min(pause_, longest_pause()),
                       connect_now{});
  pause_ = std::min(2 * pause_, longest_pause());
}

void link::heard(const envelope& e) {
  if (!peer_)
    return;
  const auto what = static_cast<wire::frame>(e.frame);
  // An owner of another protocol refuses in its own: that has to be heard, or nobody would know why there is no welcome.
  if (e.protocol != wire::protocol_number && what != wire::frame::refused)
    return;
  if (what == wire::frame::welcome) {
    if (auto w = wire::decode<wire::welcome>(e.body); w && (w->number == 0 || w->number == greeting_)) {
      up_ = true;
      pause_ = std::chrono::milliseconds{100};
      trouble_ = {};
      linked(*w);
      settle({});
    }
  } else if (what == wire::frame::refused) {
    auto r = wire::decode<wire::refused>(e.body);
    if (e.protocol == wire::protocol_number)
      reopen(r ? error{r->code, r->text} : r.error());
    else
      reopen({errc::peer_refused, r && !r->text.empty() ? r->text : "it speaks protocol " + std::to_string(e.protocol)});
  } else if (up_) {
    hear(what, e.body);
  }
}

caf::result<node_messages::linked> link::wait_for_link() {
  if (up_)
    return node_messages::linked{};
  if (tried_)
    return to_caf(trouble_);
  return waiting_.emplace_back(make_response_promise<node_messages::linked>());
}

void link::settle(const error& why) {
  tried_ = true;
  for (auto& p : std::exchange(waiting_, {}))
    if (why.code == errc::none)
      p.deliver(node_messages::linked{});
    else
      p.deliver(to_caf(why));
}

std::string process_name() {
  char host[256] = "?";
  ::gethostname(host, sizeof host - 1);
  return std::string{host} + ":" + std::to_string(::getpid());
}

void link::on_exit() {
  settle({errc::list_gone, {}});
  caf_shim::end(*this, connector_);
  connector_ = nullptr;
  peer_ = nullptr;
  actor_base::on_exit();
}

} // namespace stint
