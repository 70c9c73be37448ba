/// The workers as the owner sees them: what each has, how long its bodies take, how much to give it at once.
///
/// Owner    the ledger.
/// Threads  none: the owner's mailbox is the lock.
/// Units    nanoseconds.
/// Cost     O(workers) per hand-over round; workers are few.
#pragma once

#include <algorithm>
#include <cstdint>
#include <deque>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include <stint/record.hpp>

namespace stint {

struct crew_member {
  worker_id id = 0;
  std::unordered_set<std::string> kinds;
  std::deque<live*> has;      ///< handed over, in the order of hand-over
  steady_time quiet_since{};  ///< of its last report or hand-over
  double body_ns = 0;         ///< smoothed length of its bodies; 0: nothing known
  bool recalling = false;     ///< asked for something back; the answer is under way

  /// Tasks to have on the way to a worker at once: some 200 us of work, so that short bodies travel in batches and a
  /// long one travels alone. Nothing is known at first: then one.
  [[nodiscard]] std::size_t window() const noexcept {
    constexpr double target_ns = 200'000;
    constexpr double most = 512;
    if (body_ns <= 0)
      return 1;
    return static_cast<std::size_t>(std::clamp(target_ns / std::max(body_ns, 100.0), 1.0, most));
  }

  void ran(nanos took) {
    const auto ns = static_cast<double>(std::max<nanos::rep>(took.count(), 1));
    body_ns = body_ns <= 0 ? ns : body_ns + (ns - body_ns) / 8;
  }

  void drop(const live* l) {
    auto i = std::find(has.begin(), has.end(), l);
    if (i != has.end())
      has.erase(i);
  }
};

class crew {
public:
  crew_member& join(worker_id id, const std::vector<std::string>& kinds) {
    auto& m = members_.emplace_back();
    m.id = id;
    m.kinds.insert(kinds.begin(), kinds.end());
    for (const auto& k : m.kinds)
      ++serving_[k];
    return m;
  }

  [[nodiscard]] crew_member* find(worker_id id) {
    for (auto& m : members_)
      if (m.id == id)
        return &m;
    return nullptr;
  }

  void leave(worker_id id) {
    auto i = std::find_if(members_.begin(), members_.end(), [id](const auto& m) { return m.id == id; });
    if (i == members_.end())
      return;
    for (const auto& k : i->kinds)
      if (--serving_[k] == 0)
        serving_.erase(k);
    members_.erase(i);
  }

  /// Tells whether some worker can run this kind; every worker can run a callable of its own process.
  [[nodiscard]] bool serves(const std::string& kind) const {
    return kind.empty() ? !members_.empty() : serving_.contains(kind);
  }

  [[nodiscard]] std::vector<crew_member>& members() noexcept { return members_; }
  [[nodiscard]] const std::vector<crew_member>& members() const noexcept { return members_; }

private:
  std::vector<crew_member> members_;
  std::unordered_map<std::string, std::uint32_t> serving_;
};

} // namespace stint
