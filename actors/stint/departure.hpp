/// What leaves the list together: the effects of a turn, and the answers that depend on them.
///
/// With a store it waits for the commit of what it tells.
///
/// Owner    the list actor has three: one gathers, one waits for its commit, one leaves while the next commit works.
/// Threads  none.
/// Order    effects first, then the answers, those of one type in the order of their questions.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <stint/effects.hpp>
#include <stint/protocol.hpp>

namespace stint {

struct departure {
  template <class T>
  using answers = std::vector<std::pair<caf::typed_response_promise<T>, result<T>>>;

  effects fx;
  answers<protocol::submitted> submitted;
  answers<protocol::submitted_each> submitted_each;
  answers<protocol::changed> changed;
  answers<explanation> explained;
  answers<protocol::stopped> stopped;
  std::vector<std::pair<caf::typed_response_promise<protocol::subscribed>, std::pair<std::uint64_t, protocol::subscribe>>>
    attaching; ///< subscribers that hear of what comes after this
  task_version from = 0; ///< of the events
  task_version to = 0;   ///< of the list, when it was complete

  /// Calls `fn` with each list of answers.
  template <class F>
  void each_answers(F&& fn) {
    fn(submitted);
    fn(submitted_each);
    fn(changed);
    fn(explained);
    fn(stopped);
  }

  /// Answers everything; the room is kept for the next.
  void answer() {
    each_answers([](auto& all) {
      for (auto& [to_whom, what] : all)
        if (what)
          to_whom.deliver(std::move(*what));
        else
          to_whom.deliver(to_caf(what.error()));
      all.clear();
    });
  }

  /// Answers everything with one error.
  void refuse(const caf::error& why) {
    each_answers([&why](auto& all) {
      for (auto& [to_whom, what] : all)
        to_whom.deliver(why);
      all.clear();
    });
    for (auto& a : attaching)
      a.first.deliver(why);
    attaching.clear();
  }
};

} // namespace stint
