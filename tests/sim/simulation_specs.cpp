// What the tasks of a story ask for.
#include <sim/simulation.hpp>

#include <array>

namespace stint::sim {

using namespace std::chrono_literals;

spec simulation::some_spec() {
  static const std::vector<std::string> keys{"", "a", "a/b", "a/b/c", "a/d", "e", "e/f"};
  spec s;
  s.name = "t" + std::to_string(++last_name_);
  if (disk_ && chance(60))
    s.idempotency_key = s.name;
  if (disk_ && chance(85))
    s.kind = std::array{"work", "work", "work", "once", "short", "promised"}[below(6)];
  if (chance(disk_ ? 40 : 15)) // what outlives a list is worth more stories there
    s.kind = "far";
  if (busy_ && chance(85)) {
    if (chance(60))
      s.claims.push_back(exclusive("k"));
    return s;
  }
  if (chance(s.kind == "far" ? 40 : 10))
    s.labels = s.kind == "far" ? some_labels() : labels_here;
  s.priority = chance(70) ? 0 : static_cast<int>(below(5)) - 2;
  s.queue = chance(80) ? "default" : "other"; // which has a limit at times
  s.retry.max_attempts = static_cast<std::uint32_t>(1 + below(3));
  s.retry.backoff = 1s;
  std::set<std::string> used;
  for (auto n = below(4); n > 0; --n) {
    const auto& k = keys[chance(8) ? 0 : 1 + below(keys.size() - 1)];
    if (used.insert(k).second)
      s.claims.push_back(chance(50) ? exclusive(k) : shared(k));
  }
  if (chance(20))
    s.claims.push_back(units("cpu", static_cast<std::uint32_t>(1 + below(sim_capacity))));
  if (chance(15))
    s.delay = std::chrono::seconds{1 + below(30)};
  if (chance(20))
    s.timeout = std::chrono::seconds{1 + below(20)};
  if (chance(5))
    s.start_within = std::chrono::seconds{1 + below(60)};
  if (chance(20))
    s.tags = {"tagged"};
  return s;
}

} // namespace stint::sim
