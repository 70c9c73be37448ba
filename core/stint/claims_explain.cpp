#include <stint/claims.hpp>

#include <set>

#include <stint/claim_node.hpp>

namespace stint {

namespace {

/// Holders of one node that an answer looks at.
constexpr std::size_t most_holders = 10'000;

blocker describe(const ticket& other, const ticket& at, bool holds, steady_time now) {
  blocker b;
  b.id = other.who->id;
  b.key = std::string{at.node->text};
  b.mode = std::string{to_string(other.mode)};
  b.holds = holds;
  b.stuck = other.who->stuck;
  b.lost = other.who->lost;
  b.since = now - other.who->since;
  return b;
}

/// Tells whether too few units are left for this ticket after what is held and wanted before it.
bool too_few_units(const ticket& t) {
  auto taken = t.node->units_held + t.units;
  for (const auto& l : t.node->lanes)
    if (l.mode == lock_mode::u)
      l.waiting.for_each([&](const ticket& ahead) {
        if (ahead.order() >= t.order() || taken > t.node->capacity)
          return false;
        taken += ahead.units;
        return true;
      });
  return taken > t.node->capacity;
}

/// Visits every ticket of a holder.
template <class F>
void each_ticket(const claim_holder& h, F&& fn) {
  fn(h.root);
  for (std::uint32_t i = 0; i < h.below_count; ++i)
    fn(h.below[i]);
}

} // namespace

std::vector<blocker> claims::in_the_way_of(const claim_holder& h, steady_time now, std::size_t limit) const {
  std::vector<blocker> out;
  std::set<std::pair<task_id, bool>> seen;
  auto add = [&](const ticket& other, const ticket& mine, bool holds) {
    if (out.size() < limit && seen.emplace(other.who->id, other.who->stuck).second)
      out.push_back(describe(other, mine, holds, now));
    return out.size() < limit;
  };
  if (h.at != claim_holder::stage::parked)
    return out;
  each_ticket(h, [&](const ticket& t) {
    const bool units_short = t.mode == lock_mode::u && too_few_units(t);
    std::size_t looked = 0; // many may hold a node above in a mode that is in nobody's way
    for (const auto* g = t.node->holders; g != nullptr && looked < most_holders; g = g->place.next, ++looked)
      if (!compatible(t.mode, g->mode) || units_short)
        if (!add(*g, t, true))
          return;
    for (const auto& l : t.node->lanes) {
      if (compatible(t.mode, l.mode) && !units_short)
        continue;
      l.waiting.for_each([&](const ticket& w) { return w.order() < t.order() && add(w, t, false); });
    }
  });
  return out;
}

std::vector<blocker> claims::held_back_by(const claim_holder& h, steady_time now, std::size_t limit) const {
  std::vector<blocker> out;
  std::set<task_id> seen;
  if (h.at == claim_holder::stage::none || h.at == claim_holder::stage::planned)
    return out;
  const bool holds = h.at == claim_holder::stage::granted;
  each_ticket(h, [&](const ticket& t) {
    for (const auto& l : t.node->lanes) {
      const bool counted = t.mode == lock_mode::u && l.mode == lock_mode::u;
      if (compatible(t.mode, l.mode) && !counted)
        continue;
      auto taken = t.node->units_held; // and by those ahead
      l.waiting.for_each([&](const ticket& w) {
        taken += w.units;
        if (counted && taken <= t.node->capacity)
          return true; // there is enough for this one
        if (w.who != &h && w.who->at == claim_holder::stage::parked && (holds || w.order() > t.order())
            && seen.insert(w.who->id).second)
          out.push_back(describe(w, t, false, now));
        return out.size() < limit;
      });
      if (out.size() >= limit)
        return;
    }
  });
  return out;
}

std::string claims::out_of_reach(const claim_holder& h) {
  for (std::uint32_t i = 0; i < h.below_count; ++i)
    if (const auto& t = h.below[i]; t.units > t.node->capacity)
      return std::to_string(t.units) + " units of '" + std::string{t.node->text} + "', which has "
             + std::to_string(t.node->capacity);
  return {};
}

void claims::audit() const {
  auto audit_node = [this](const claim_node& n) {
    std::array<std::uint32_t, lock_mode_count> held{};
    std::uint64_t units = 0;
    for (const auto* t = n.holders; t != nullptr; t = t->place.next) {
      STINT_ASSERT(t->who->at == claim_holder::stage::granted && t->node == &n, t->who->id, n.users);
      ++held[static_cast<std::size_t>(t->mode)];
      units += t->units;
    }
    for (std::size_t m = 0; m < lock_mode_count; ++m) {
      const auto in_mode = bit(static_cast<lock_mode>(m));
      STINT_ASSERT(held[m] == n.held[m], held[m], n.held[m]);
      STINT_ASSERT((held[m] != 0) == ((n.held_modes & in_mode) != 0), held[m], n.held_modes);
    }
    STINT_ASSERT(units == n.units_held, units, n.units_held);
    mode_bits waiting_modes = 0;
    for (const auto& l : n.lanes) {
      if (!l.waiting.empty())
        waiting_modes |= bit(l.mode);
      l.waiting.for_each([&](const ticket& t) {
        STINT_ASSERT(t.who->at == claim_holder::stage::ready || t.who->at == claim_holder::stage::parked, t.who->id, 0);
        return true;
      });
      // No lost wake-up: the first one parked in a lane is truly blocked here.
      if (const auto* first = l.parked.front())
        STINT_ASSERT(blocked(*first), first->who->id, static_cast<unsigned>(l.mode));
    }
    STINT_ASSERT(waiting_modes == n.waiting_modes, waiting_modes, n.waiting_modes);
  };
  audit_node(*root_);
  std::size_t waiting = 0; // everybody who waits does so at the root too
  for (const auto& l : root_->lanes)
    l.waiting.for_each([&waiting](const ticket&) { return ++waiting > 0; });
  STINT_ASSERT(waiting == waiting_, waiting, waiting_);
  for (const auto& [text, n] : nodes_) {
    STINT_ASSERT(n->users != 0 || n->children != 0 || n->counted, n->users, n->children);
    audit_node(*n);
  }
}

} // namespace stint
