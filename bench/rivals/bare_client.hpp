/// A plain thread as the client of a bare list actor: a scoped actor that sends, and counts what has finished.
///
/// Owner    the contestant; ends the list with it.
/// Threads  the caller's only.
/// Errors   `wrong` when a body's code did not come back.
#pragma once

#include <cstddef>
#include <utility>

#include <caf/scoped_actor.hpp>

#include <harness/host.hpp>
#include <rivals/bare_list.hpp>
#include <rivals/rival_side.hpp>

namespace stint::bench {

class bare_client {
public:
  bare_client(host& at, std::size_t workers, bool detached)
    : self_(at.system()), list_(at.system().spawn<bare_list>(workers, detached)) {}

  ~bare_client() {
    caf::anon_send_exit(list_, caf::exit_reason::user_shutdown);
    self_->wait_for(list_);
  }

  bare_client(const bare_client&) = delete;
  bare_client& operator=(const bare_client&) = delete;

  void submit(std::size_t i) {
    auto t = rival_noop(i);
    caf_shim::tell(*self_, list_, bare::submit{std::move(t.name), std::move(t.run)});
    ++open_;
  }

  [[nodiscard]] const caf::actor& actor() const noexcept { return list_; }

  /// Receives until at most `left` tasks are unfinished.
  void wait_until(std::size_t left) {
    if (open_ <= left)
      return;
    self_->receive_while([this, left] { return open_ > left; })([this](const bare::finished& m) {
      need(m.code == good_code, "a bare list's task lost its code");
      --open_;
    });
  }

  [[nodiscard]] rival_record get(std::uint64_t id) {
    rival_record found;
    caf_shim::ask(*self_, list_, bare::get{id})
      .receive([&found](bare::record& r) { found = std::move(r.task); },
               [](caf::error&) { throw wrong("a bare list's record cannot be read"); });
    return found;
  }

  void verify(std::size_t count) {
    for (std::size_t i = 0; i < 97; ++i) {
      const auto found = get(1 + i * (count - 1) / 96);
      need(found.state == rival_state::succeeded && found.code == good_code && found.name.size() == 12,
           "a bare list's record is not whole");
    }
  }

private:
  caf::scoped_actor self_;
  caf::actor list_;
  std::size_t open_ = 0;
};

} // namespace stint::bench
