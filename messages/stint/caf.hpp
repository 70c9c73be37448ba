/// The only place that knows which CAF generation we compile against: 0.17 (Debian) or 1.x.
///
/// Threads  as CAF's own calls.
/// Wire     nothing of stint's crosses a socket as a CAF type but the gateway's envelope (a later layer), so message
///          types here are local-only and need no inspection.
/// Source   differences measured on 0.17.6 and 1.1.0; never test CAF_VERSION, 1.1.0 defines it as 0100 (octal 64).
#pragma once

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/exit_reason.hpp>
#include <caf/make_actor.hpp>
#include <caf/response_promise.hpp>
#include <caf/resumable.hpp>
#include <caf/result.hpp>
#include <caf/scoped_actor.hpp>
#include <caf/send.hpp>
#include <caf/typed_response_promise.hpp>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <utility>

#define STINT_CAF_17 (CAF_MAJOR_VERSION == 0 && CAF_MINOR_VERSION == 17)
#define STINT_CAF_1X (CAF_MAJOR_VERSION >= 1)

#if STINT_CAF_17
#  include <caf/execution_unit.hpp>
#  include <caf/monitorable_actor.hpp>
#  include <caf/scheduler/abstract_coordinator.hpp>
#else
#  include <caf/anon_mail.hpp>
#  include <caf/disposable.hpp>
#  include <caf/init_global_meta_objects.hpp>
#  include <caf/scheduler.hpp>
#  include <caf/type_id.hpp>
#endif

#if STINT_CAF_17
/// Turns an enum into a CAF error code; the enum needs a to_string. The category has at most 10 characters.
#  define STINT_ERROR_ENUM(type_name, category) CAF_ERROR_CODE_ENUM(type_name, category)
#else
#  define STINT_ERROR_ENUM(type_name, category) CAF_ERROR_CODE_ENUM(type_name)
#endif

namespace stint::caf_shim {

/// Name of the CAF generation, for logs and versions.
inline std::string caf_version() {
  return std::to_string(CAF_MAJOR_VERSION) + "." + std::to_string(CAF_MINOR_VERSION) + "."
         + std::to_string(CAF_PATCH_VERSION);
}

/// Leaves a mark in a configuration that is made before its system.
inline void mark(caf::actor_system_config& cfg, const std::string& name) {
  caf::put(cfg.content, name, true);
}

/// Tells whether a system's configuration was marked.
inline bool marked(const caf::actor_system& system, const std::string& name) {
  return caf::get_or(caf::content(system.config()), name, false);
}

/// Registers message types; call before any actor system exists.
template <class... Blocks>
void register_types([[maybe_unused]] caf::actor_system_config& cfg) {
#if STINT_CAF_1X
  (caf::init_global_meta_objects<Blocks>(), ...);
  caf::core::init_global_meta_objects();
#endif
}

/// Sets a CAF option by its name without CAF's own prefix, such as "scheduler.max-threads".
template <class T>
void set_option(caf::actor_system_config& cfg, std::string name, T value) {
#if STINT_CAF_1X
  name.insert(0, "caf.");
#endif
  cfg.set(name, std::move(value));
}

/// How often an idle scheduler thread may look for work before it sleeps: as often as CAF says, where that takes no time. In 1.x each
/// of these looks is a sleep of some 60 us, of which a thread makes a hundred after each message.
#if STINT_CAF_1X
inline constexpr std::size_t looks_without_sleep = 0;
#else
inline constexpr std::size_t looks_without_sleep = 100;
#endif

/// Returns the value of such an option, or `otherwise` when nobody has set it.
template <class T>
T option(const caf::actor_system_config& cfg, std::string name, T otherwise) {
#if STINT_CAF_1X
  name.insert(0, "caf.");
#endif
  return caf::get_or(cfg, name, otherwise);
}

/// Sends from an actor.
template <class Self, class Dest, class... Ts>
void tell(Self& self, const Dest& dest, Ts&&... xs) {
#if STINT_CAF_1X
  self.mail(std::forward<Ts>(xs)...).send(dest);
#else
  self.send(dest, std::forward<Ts>(xs)...);
#endif
}

/// Sends from no actor: from a plain thread.
template <class Dest, class... Ts>
void anon_tell(const Dest& dest, Ts&&... xs) {
#if STINT_CAF_1X
  caf::anon_mail(std::forward<Ts>(xs)...).send(dest);
#else
  caf::anon_send(dest, std::forward<Ts>(xs)...);
#endif
}

/// Sends later; the CAF clock keeps it, so have one in flight at most.
template <class Self, class Dest, class... Ts>
void tell_after(Self& self, const Dest& dest, caf::timespan delay, Ts&&... xs) {
#if STINT_CAF_1X
  self.mail(std::forward<Ts>(xs)...).delay(delay).send(dest);
#else
  self.delayed_send(dest, delay, std::forward<Ts>(xs)...);
#endif
}

/// Asks another actor to end.
template <class Self>
void end(Self& self, const caf::actor& whom) {
  if (whom)
    self.send_exit(whom, caf::exit_reason::user_shutdown);
}

/// Asks without a time-out: inside a process every question is answered, or its asker told that the other has gone.
template <class Self, class Dest, class... Ts>
auto ask(Self& self, const Dest& dest, Ts&&... xs) {
#if STINT_CAF_1X
  return self.mail(std::forward<Ts>(xs)...).request(dest, caf::infinite);
#else
  return self.request(dest, caf::infinite, std::forward<Ts>(xs)...);
#endif
}

/// Hands the current request to another actor, which answers the asker.
template <class Answer, class Self, class Dest, class... Ts>
caf::result<Answer> hand_over(Self& self, const Dest& dest, Ts&&... xs) {
#if STINT_CAF_1X
  static_cast<void>(self.mail(std::forward<Ts>(xs)...).delegate(dest));
#else
  static_cast<void>(self.delegate(dest, std::forward<Ts>(xs)...));
#endif
  return caf::delegated<Answer>{};
}

/// Base of stint's actors: watching others, and surviving exit messages, the same on both generations.
class actor_base : public caf::event_based_actor {
public:
  using down_fn = std::function<void(const caf::error&)>;

  explicit actor_base(caf::actor_config& cfg) : caf::event_based_actor(cfg) {
#if !STINT_CAF_1X
    set_down_handler([this](caf::down_msg& dm) {
      auto hits = watched_.extract(dm.source);
      if (!hits.empty())
        hits.mapped()(dm.reason);
    });
#endif
  }

  /// Runs `fn` in this actor when `whom` has ended; watch each actor at most once.
  void watch(const caf::actor& whom, down_fn fn) {
#if STINT_CAF_1X
    auto addr = whom.address();
    watched_.emplace(addr, this->monitor(whom, [this, addr, fn = std::move(fn)](const caf::error& e) {
      watched_.erase(addr); // first: disposing a monitor inside its own callback deadlocked in 1.0
      fn(e);
    }));
#else
    watched_.emplace(whom.address(), std::move(fn));
    this->monitor(whom);
#endif
  }

  void unwatch(const caf::actor& whom) {
    auto i = watched_.find(whom.address());
    if (i == watched_.end())
      return;
#if STINT_CAF_1X
    i->second.dispose();
#else
    this->demonitor(whom.address());
#endif
    watched_.erase(i);
  }

  /// A behavior that runs `fn` on exit messages (kill excepted) instead of ending.
  template <class... Fs>
  caf::behavior trapping(down_fn fn, Fs... fs) {
#if STINT_CAF_1X
    return caf::behavior{[fn](caf::exit_msg& m) { fn(m.reason); }, std::move(fs)...};
#else
    set_exit_handler([fn](caf::exit_msg& m) { fn(m.reason); });
    return caf::behavior{std::move(fs)...};
#endif
  }

  /// Overrides call this last. Taking monitors back keeps a long-lived target from collecting dead watchers.
  void on_exit() override {
    for (auto& [addr, how] : watched_) {
#if STINT_CAF_1X
      how.dispose();
#else
      this->demonitor(addr);
#endif
    }
    watched_.clear();
  }

private:
#if STINT_CAF_1X
  std::unordered_map<caf::actor_addr, caf::disposable> watched_;
#else
  std::unordered_map<caf::actor_addr, down_fn> watched_;
#endif
};

/// Where actors run, for CAF: who becomes ready in it is passed to ready().
#if STINT_CAF_1X
class running_place : public caf::scheduler {
public:
  explicit running_place(caf::actor_system*) {}
  void schedule(caf::resumable* who) final { ready(who); }
  void delay(caf::resumable* who) final { ready(who); }
  void start() final {}
  void stop() final {}
#else
class running_place : public caf::execution_unit {
public:
  explicit running_place(caf::actor_system* system) : caf::execution_unit(system) {}
  void exec_later(caf::resumable* who) final { ready(who); }
#endif

protected:
  /// Takes a reference to `who` over.
  virtual void ready(caf::resumable* who) = 0;
};

/// Has one of CAF's threads run it.
inline void schedule(caf::actor_system& system, caf::resumable* who) {
#if STINT_CAF_1X
  system.scheduler().schedule(who);
#else
  system.scheduler().enqueue(who);
#endif
}

/// Sends from outside CAF, to have the other run at `place` if nobody runs it yet; null: on one of CAF's threads.
template <class T>
void tell_from(running_place* place, const caf::actor& dest, T&& message, caf::strong_actor_ptr sender = nullptr,
               caf::message_id id = caf::make_message_id()) {
#if STINT_CAF_1X
  caf::actor_cast<caf::abstract_actor*>(dest)->enqueue(
    caf::make_mailbox_element(std::move(sender), id, caf::make_message(std::forward<T>(message))), place);
#else
  caf::actor_cast<caf::abstract_actor*>(dest)->eq_impl(id, std::move(sender), place, std::forward<T>(message));
#endif
}

/// What an actor is that has no mailbox.
#if STINT_CAF_1X
using plain_actor = caf::abstract_actor;
#else
using plain_actor = caf::monitorable_actor;
#endif

/// Asks for a thread: an actor that hears the answer where it is given, and never runs itself. Made by make_asker.
class asker : public plain_actor {
public:
  explicit asker(caf::actor_config& cfg) : plain_actor(cfg) {}

  template <class T>
  void ask(running_place* place, const caf::actor& whom, T&& question) {
    tell_from(place, whom, std::forward<T>(question), ctrl(), caf::make_message_id(1));
  }

  [[nodiscard]] const char* name() const final { return "stint.asker"; }

#if STINT_CAF_1X
  bool enqueue(caf::mailbox_element_ptr what, caf::scheduler*) final {
    if (what->mid.is_response())
      hear(std::move(what->payload));
    return true;
  }
  void force_close_mailbox() final {}
  void setup_metrics() {}
#else
  void enqueue(caf::mailbox_element_ptr what, caf::execution_unit*) final {
    if (what->mid.is_response())
      hear(what->move_content_to_message());
  }
#endif

protected:
  /// Called once for each question, on any thread, which keeps this alive till it returns.
  virtual void hear(caf::message answer) = 0;
};

/// CAF's own blocking actor would wake the thread of CAF's clock each time that it ends, and be woken twice for an answer.
template <class T>
caf::strong_actor_ptr make_asker(caf::actor_system& system) {
  caf::actor_config cfg;
  cfg.flags = caf::abstract_actor::is_hidden_flag;
  return caf::make_actor<T, caf::strong_actor_ptr>(system.next_actor_id(), system.node(), &system, cfg);
}

} // namespace stint::caf_shim
