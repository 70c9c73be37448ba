/// What the tests of the facade share.
// What the tests of tests/actors/ use: an application's own configuration with one scheduler thread, a gate, a listener.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <latch>
#include <mutex>
#include <string>
#include <vector>

#include <caf/actor_system_config.hpp>
#include <gtest/gtest.h>

#include <stint/blocking.hpp>
#include <stint/stint.hpp>

namespace app {

struct question {
  int n = 0;
};
struct answer {
  int n = 0;
};

} // namespace app

CAF_BEGIN_TYPE_ID_BLOCK(app, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(app, (app::question))
CAF_ADD_TYPE_ID(app, (app::answer))
CAF_END_TYPE_ID_BLOCK(app)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(app::question)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(app::answer)

namespace app {

/// An application's configuration: its own types, its own settings, and stint's line.
struct config : caf::actor_system_config {
  config() {
    stint::caf_shim::register_types<caf::id_block::app>(*this);
    stint::caf_shim::set_option(*this, "scheduler.max-threads", std::size_t{1});
    stint::configure(*this);
  }
};

} // namespace app

namespace stint::test {

using namespace std::chrono_literals;

class gate {
public:
  void open() {
    std::lock_guard guard{mutex_};
    open_ = true;
    more_.notify_all();
  }
  void pass() {
    std::unique_lock guard{mutex_};
    more_.wait(guard, [this] { return open_; });
  }

private:
  std::mutex mutex_;
  std::condition_variable more_;
  bool open_ = false;
};

/// Waits in a body until it is asked to stop.
inline void until_told(context& job) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock guard{mutex};
  never.wait(guard, job.stop_token(), [] { return false; });
}

inline spec named(std::string name, std::vector<claim> claims = {}) {
  spec s;
  s.name = std::move(name);
  s.claims = std::move(claims);
  return s;
}

/// A question that its receiver has before everything that this thread asks later; answered when asked for.
template <class Answer, class Question>
class open_question {
public:
  open_question(caf::actor_system& system, const caf::actor& whom, Question q)
      : self_(system), pending_(caf_shim::ask(*self_, whom, std::move(q))) {}

  Answer answer() {
    std::optional<Answer> got;
    std::move(pending_).receive([&got](Answer& a) { got.emplace(std::move(a)); },
                     [](caf::error& e) { ADD_FAILURE() << to_string(from_caf(e)); });
    return got ? std::move(*got) : Answer{};
  }

  /// Takes the error that is the answer; `none` when it is none.
  errc refusal() {
    errc code = errc::none;
    std::move(pending_).receive([](Answer&) {}, [&code](caf::error& e) { code = from_caf(e).code; });
    return code;
  }

private:
  caf::scoped_actor self_;
  decltype(caf_shim::ask(*std::declval<caf::scoped_actor&>(), std::declval<const caf::actor&>(),
                         std::declval<Question>())) pending_;
};

struct actors_fixture : testing::Test {
  actors_fixture() {
    opts.workers = 2;
    opts.log = [this](log_level, const std::string& text) {
      std::function<void()> react;
      {
        std::lock_guard guard{mutex};
        warnings += text + "\n";
        react = on_warning;
      }
      if (react)
        react();
    };
  }
  bool warned(const std::string& text) {
    std::lock_guard guard{mutex};
    return warnings.find(text) != std::string::npos;
  }

  app::config cfg;
  options opts;
  std::mutex mutex;
  std::string warnings;
  std::function<void()> on_warning;
};

} // namespace stint::test
