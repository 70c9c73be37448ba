#include <stint/claims.hpp>

#include <algorithm>

#include <stint/claim_node.hpp>
#include <stint/plant.hpp>

namespace stint {

namespace {

constexpr lock_mode mode_at_key(const claim& c) {
  return c.mode == claim_mode::exclusive ? lock_mode::x : c.mode == claim_mode::shared ? lock_mode::s : lock_mode::u;
}

constexpr lock_mode mode_above(lock_mode m) { return m == lock_mode::s ? lock_mode::is : lock_mode::ix; }

/// Calls `fn(prefix)` for every proper prefix of a key's path but the root, top down.
template <class F>
void each_above(std::string_view text, F&& fn) {
  for (auto at = text.find('/'); at != std::string_view::npos; at = text.find('/', at + 1))
    fn(text.substr(0, at));
}

} // namespace

claims::claims() : root_(std::make_unique<claim_node>()) {}
claims::~claims() = default;

result<unit_t> claims::check(std::span<const claim> wanted) const {
  for (const auto& c : wanted) {
    if (c.key.empty() && c.mode == claim_mode::units)
      return {errc::key_not_counted, "the root cannot be counted"};
    error found;
    each_above(c.key, [&](std::string_view above) {
      if (auto i = nodes_.find(above); i != nodes_.end() && i->second->counted)
        found = {errc::key_has_children,
                 "'" + std::string{above} + "' is counted, so '" + c.key + "' cannot lie below it"};
    });
    if (found.code != errc::none)
      return found;
    auto i = nodes_.find(c.key);
    const bool counted = i != nodes_.end() && i->second->counted;
    if (c.mode == claim_mode::units) {
      if (!counted)
        return {errc::key_not_counted, "the capacity of '" + c.key + "' was never declared"};
      if (c.units > i->second->capacity)
        return {errc::units_exceed_capacity, "'" + c.key + "' has " + std::to_string(i->second->capacity)
                                               + " units, asked for " + std::to_string(c.units)};
    } else if (counted && c.mode == claim_mode::shared) {
      return {errc::key_counted, "'" + c.key + "' is counted: claim units of it, or all of it exclusively"};
    }
  }
  return unit;
}

result<unit_t> claims::declare(std::string_view key, std::uint32_t capacity, std::vector<claim_holder*>& woken) {
  if (key.empty())
    return {errc::invalid_key, "the root cannot be counted"};
  if (capacity == 0)
    return {errc::invalid_units, "a capacity is at least 1"};
  error found;
  each_above(key, [&](std::string_view above) {
    if (auto i = nodes_.find(above); i != nodes_.end() && i->second->counted)
      found = {errc::key_has_children, "'" + std::string{above} + "' is counted and cannot have keys below it"};
  });
  if (found.code != errc::none)
    return found;
  if (auto i = nodes_.find(key); i != nodes_.end() && !i->second->counted) {
    if (i->second->children != 0)
      return {errc::key_has_children, "'" + std::string{key} + "' has keys below it and cannot be counted"};
    if (i->second->users != 0)
      return {errc::wrong_state, "'" + std::string{key} + "' is claimed; declare its capacity before its first use"};
  }
  auto& n = node_for(key);
  declared_ += n.counted ? 0 : 1;
  n.counted = true;
  n.capacity = capacity;
  wake(n, woken);
  return unit;
}

bool claims::declared(std::string_view key) const {
  const auto i = nodes_.find(key);
  return i != nodes_.end() && i->second->counted;
}

std::uint32_t claims::capacity(std::string_view key) const {
  const auto i = nodes_.find(key);
  return i != nodes_.end() && i->second->counted ? i->second->capacity : 0;
}

claim_node& claims::node_for(std::string_view text) {
  if (text.empty())
    return *root_;
  if (auto i = nodes_.find(text); i != nodes_.end())
    return *i->second;
  const auto slash = text.rfind('/');
  auto& parent = node_for(slash == std::string_view::npos ? std::string_view{} : text.substr(0, slash));
  const auto i = spare_.empty() ? nodes_.emplace(std::string{text}, std::make_unique<claim_node>()).first : take_spare(text);
  i->second->text = i->first;
  i->second->parent = &parent;
  ++parent.children;
  return *i->second;
}

/// Makes a node for a key from one that is not needed any more: its memory is there.
claims::node_map::iterator claims::take_spare(std::string_view text) {
  auto spare = std::move(spare_.back());
  spare_.pop_back();
  spare.key() = text;
  spare.mapped()->begin_anew();
  return nodes_.insert(std::move(spare)).position;
}

void claims::drop(claim_node& n) {
  if (n.parent == nullptr || n.users != 0 || n.children != 0 || n.counted)
    return;
  --n.parent->children;
  auto old = nodes_.extract(nodes_.find(n.text));
  if (spare_.size() < most_spare)
    spare_.push_back(std::move(old));
}

void claims::plan(claim_holder& h, std::span<const claim> wanted) {
  STINT_ASSERT(h.at == claim_holder::stage::none, h.id, static_cast<unsigned>(h.at));
  auto root_mode = lock_mode::is;
  auto& wants = wants_;
  wants.clear();
  auto add = [&wants](claim_node& n, lock_mode m, std::uint32_t units) {
    for (auto& w : wants)
      if (w.node == &n) {
        w.mode = strongest(w.mode, m);
        w.units = std::max(w.units, units);
        return;
      }
    wants.push_back({&n, m, units});
  };
  for (const auto& c : wanted) {
    const auto m = mode_at_key(c);
    if (c.key.empty()) {
      root_mode = strongest(root_mode, m);
      continue;
    }
    root_mode = strongest(root_mode, mode_above(m));
    each_above(c.key, [&](std::string_view above) { add(node_for(above), mode_above(m), 0); });
    add(node_for(c.key), m, m == lock_mode::u ? c.units : 0);
  }
  h.root = {};
  h.root.who = &h;
  h.root.node = root_.get();
  h.root.mode = root_mode;
  ++root_->users;
  h.below_count = static_cast<std::uint32_t>(wants.size());
  h.below = wants.empty() ? nullptr : std::make_unique<ticket[]>(wants.size());
  for (std::size_t i = 0; i < wants.size(); ++i) {
    auto& t = h.below[i];
    t.who = &h;
    t.node = wants[i].node;
    t.mode = wants[i].mode;
    t.units = wants[i].units;
    ++t.node->users;
  }
  h.serial = root_mode == lock_mode::ix && wants.back().mode == lock_mode::x;
  for (std::size_t i = 0; h.serial && i + 1 < wants.size(); ++i)
    h.serial = wants[i].mode == lock_mode::ix;
  h.at = claim_holder::stage::planned;
}

void claims::unplan(claim_holder& h) {
  STINT_ASSERT(h.at == claim_holder::stage::planned, h.id, static_cast<unsigned>(h.at));
  each(h, [](ticket& t) { --t.node->users; });
  // Parents stand before their children, so from the back every node goes after what lies below it.
  for (std::uint32_t i = h.below_count; i-- > 0;)
    drop(*h.below[i].node);
  h.below.reset();
  h.below_count = 0;
  h.at = claim_holder::stage::none;
}

bool claims::held_against(const ticket& t) const {
  ++looks_;
  auto clashing = static_cast<mode_bits>(t.node->held_modes & ~fitting(t.mode));
  if (planted(plant::shared_with_exclusive) && t.mode == lock_mode::s)
    clashing &= static_cast<mode_bits>(~bit(lock_mode::x));
  return clashing != 0;
}

bool claims::awaited_against(const ticket& t) const {
  const auto& n = *t.node;
  const auto fits = fitting(t.mode);
  if ((n.waiting_modes & ~fits) != 0)
    for (const auto& l : n.lanes) {
      if (compatible(t.mode, l.mode))
        continue;
      if (const auto* first = l.waiting.front();
          first != nullptr && first->order() < t.order() && !planted(plant::overtake))
        return true;
    }
  if (t.mode != lock_mode::u)
    return false;
  // A small request does not pass a big one ahead of it: everyone ahead is served first.
  std::uint64_t taken = n.units_held + t.units;
  if (planted(plant::units_overdrawn) && n.units_held < n.capacity)
    return false;
  for (const auto& l : n.lanes)
    if (l.mode == lock_mode::u)
      l.waiting.for_each([&](const ticket& ahead) {
        if (ahead.order() >= t.order() || taken > n.capacity)
          return false;
        taken += ahead.units;
        ++looks_;
        return true;
      });
  return taken > n.capacity;
}

ticket* claims::first_block(claim_holder& h) const {
  if (blocked(h.root))
    return &h.root;
  for (std::uint32_t i = 0; i < h.below_count; ++i)
    if (blocked(h.below[i]))
      return &h.below[i];
  return nullptr;
}

void claims::park(claim_holder& h, ticket& t) {
  h.at = claim_holder::stage::parked;
  h.parked_at = &t;
  t.node->lane(t.mode).parked.push(t);
}

void claims::unpark(claim_holder& h) {
  if (h.parked_at == nullptr)
    return;
  h.parked_at->node->lane(h.parked_at->mode).parked.remove(*h.parked_at);
  h.parked_at = nullptr;
}

bool claims::draw(claim_holder& h, std::uint64_t rank) {
  STINT_ASSERT(h.at == claim_holder::stage::planned, h.id, static_cast<unsigned>(h.at));
  h.rank = rank;
  ++waiting_;
  each(h, [](ticket& t) { t.node->enter(t); });
  if (auto* t = first_block(h)) {
    park(h, *t);
    return false;
  }
  h.at = claim_holder::stage::ready;
  return true;
}

void claims::grant(claim_holder& h, std::uint32_t place) {
  const bool waited = h.at == claim_holder::stage::ready;
  STINT_ASSERT(waited || h.at == claim_holder::stage::planned, h.id, static_cast<unsigned>(h.at));
  each(h, [place, waited](ticket& t) {
    auto& n = *t.node;
    if (waited)
      n.leave(t);
    if (n.holders == nullptr || n.place != place)
      n.place = n.holders == nullptr ? place : 0;
    ++n.held[static_cast<std::size_t>(t.mode)];
    n.held_modes |= bit(t.mode);
    n.units_held += t.units;
    t.place.prev = nullptr;
    t.place.next = n.holders;
    if (n.holders != nullptr)
      n.holders->place.prev = &t;
    n.holders = &t;
  });
  h.at = claim_holder::stage::granted;
  waiting_ -= waited ? 1 : 0;
}

void claims::leave_lines(claim_holder& h) {
  unpark(h);
  --waiting_;
  each(h, [](ticket& t) { t.node->leave(t); });
  h.at = claim_holder::stage::planned;
}

void claims::release(claim_holder& h, std::vector<claim_holder*>& woken) {
  STINT_ASSERT(h.at == claim_holder::stage::granted, h.id, static_cast<unsigned>(h.at));
  each(h, [](ticket& t) {
    auto& n = *t.node;
    auto& held = n.held[static_cast<std::size_t>(t.mode)];
    STINT_ASSERT(held > 0 && n.units_held >= t.units, t.who->id, held);
    --held;
    if (planted(plant::release_twice) && held > 0)
      --held;
    if (held == 0)
      n.held_modes &= static_cast<mode_bits>(~bit(t.mode));
    n.units_held -= t.units;
    (t.place.prev != nullptr ? t.place.prev->place.next : n.holders) = t.place.next;
    if (t.place.next != nullptr)
      t.place.next->place.prev = t.place.prev;
    t.place = {};
  });
  h.at = claim_holder::stage::planned;
  if (planted(plant::lost_wakeup) && h.below_count > 1)
    return;
  each(h, [&](ticket& t) { wake(*t.node, woken); });
}

void claims::give_up(claim_holder& h, std::vector<claim_holder*>& woken) {
  STINT_ASSERT(h.at == claim_holder::stage::ready || h.at == claim_holder::stage::parked, h.id,
               static_cast<unsigned>(h.at));
  leave_lines(h);
  each(h, [&](ticket& t) { wake(*t.node, woken); });
}

void claims::wake(claim_node& n, std::vector<claim_holder*>& woken) {
  // By index: parking at this same node for another ticket may add a lane.
  for (std::size_t i = 0; i < n.lanes.size(); ++i) {
    while (auto* t = n.lanes[i].parked.front()) {
      auto& h = *t->who;
      // Who comes later in this lane is blocked by whatever blocks the first.
      if (blocked(*t) && place_behind(h) == 0)
        break;
      unpark(h);
      if (auto* other = first_block(h); other != nullptr && place_behind(h) == 0) {
        park(h, *other);
        continue;
      }
      h.at = claim_holder::stage::ready;
      woken.push_back(&h);
      if (planted(plant::wake_one))
        return;
    }
  }
}

} // namespace stint
