/// Keeps one process connected to an owner's gateway: connects, greets, and does so again when the link breaks.
///
/// Owner    a client's proxy or a worker node, which derive from it; the only actor there with a remote handle.
/// Threads  CAF's scheduler; its connector has a thread, because connecting blocks.
/// Errors   link_lost, also when nobody answers the greeting; peer_refused, whatever protocol the refusal speaks.
/// Units    waits 0.1 s before the second attempt, then twice as long each time, up to longest_pause().
#pragma once

#include <functional>

#include <stint/at.hpp>
#include <stint/caf_net.hpp>
#include <stint/environment.hpp>
#include <stint/node_messages.hpp>

namespace stint {

class link : public caf_shim::actor_base {
public:
  link(caf::actor_config& cfg, at where, std::shared_ptr<environment> env);
  void on_exit() override;

protected:
  virtual wire::hello greeting() = 0;
  virtual void linked(const wire::welcome& w) = 0;
  virtual void unlinked() = 0;
  virtual void hear(wire::frame what, const std::string& body) = 0;
  /// Between two attempts to connect.
  [[nodiscard]] virtual nanos longest_pause() const { return std::chrono::seconds{3}; }

  /// Starts connecting.
  void open();
  /// Forgets the link that there is and connects anew.
  void reopen(const error& why);
  [[nodiscard]] bool up() const noexcept { return up_; }
  /// It is up, or has greeted and waits for an answer.
  [[nodiscard]] bool greeted() const noexcept { return up_ || peer_; }
  template <class T>
  void transmit(wire::frame what, const T& body) {
    transmit_body(what, wire::encode(body));
  }
  void transmit_body(wire::frame what, std::string body) {
    caf_shim::tell(*this, peer_, envelope{wire::protocol_number, static_cast<std::uint32_t>(what), std::move(body)});
  }

  /// The handlers that every link has.
  void heard(const envelope& e);
  void is_connected(node_messages::connected& m);
  caf::result<node_messages::linked> wait_for_link();
  void connect();
  void look_for_welcome(const node_messages::await_welcome& m);

  at where_;
  std::shared_ptr<environment> env_;

private:
  void settle(const error& why);

  caf::actor connector_;
  caf::actor peer_;
  bool up_ = false;
  std::uint64_t greeting_ = 0; ///< number of the newest one
  bool tried_ = false; ///< the first attempt has ended
  error trouble_;
  std::vector<caf::typed_response_promise<node_messages::linked>> waiting_;
  nanos pause_ = std::chrono::milliseconds{100};
};

/// This process as people know it: its host and number.
std::string process_name();

} // namespace stint
