/// What is on its way between a node and its list: in order each way, for as long as the seed lets it lie.
///
/// A link that breaks takes along what has not arrived, and who sent it does not hear of that.
///
/// Owner    a node; what is on its way refers to that.
/// Threads  one.
#pragma once

#include <array>
#include <cstddef>
#include <deque>
#include <functional>
#include <utility>

namespace stint::sim {

class sim_link {
public:
  enum way : std::size_t { to_node, to_list };

  void send(way w, std::function<void()> arrives) { on_way_[w].push_back(std::move(arrives)); }

  [[nodiscard]] std::size_t size(way w) const { return on_way_[w].size(); }

  /// Has the next one arrive; returns whether there was one.
  bool pass(way w) {
    if (on_way_[w].empty())
      return false;
    const auto arrives = std::move(on_way_[w].front());
    on_way_[w].pop_front();
    arrives();
    return true;
  }

  bool pass_all() {
    bool any = false;
    while (pass(to_node) || pass(to_list))
      any = true;
    return any;
  }

  /// Breaks, after so many have arrived.
  void cut(std::size_t at_node, std::size_t at_list) {
    for (; at_node > 0 && pass(to_node); --at_node) {
    }
    for (; at_list > 0 && pass(to_list); --at_list) {
    }
    for (auto& w : on_way_)
      w.clear();
  }

private:
  std::array<std::deque<std::function<void()>>, 2> on_way_;
};

} // namespace stint::sim
