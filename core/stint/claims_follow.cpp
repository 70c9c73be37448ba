// Who may be granted a key behind those who hold it: tasks of one key, which one place goes through one by one.
#include <stint/claims.hpp>

#include <stint/claim_node.hpp>

namespace stint {

/// Returns where this holder may go although it is blocked: behind the holders of its key. 0: nowhere.
std::uint32_t claims::place_behind(claim_holder& h) const {
  if (!h.serial)
    return 0;
  const auto& own = h.below[h.below_count - 1];
  if (own.node->place == 0 || own.node->held_modes != bit(lock_mode::x) || awaited_against(own) || blocked(h.root))
    return 0;
  for (std::uint32_t i = 0; i + 1 < h.below_count; ++i)
    if (blocked(h.below[i]))
      return 0;
  return own.node->place;
}

claims::way claims::look_again(claim_holder& h) {
  STINT_ASSERT(h.at == claim_holder::stage::ready, h.id, static_cast<unsigned>(h.at));
  auto* t = first_block(h);
  if (t == nullptr)
    return {true, 0};
  if (const auto place = place_behind(h); place != 0)
    return {true, place};
  park(h, *t);
  return {};
}

void claims::put_back(claim_holder& h) {
  auto* t = first_block(h);
  STINT_ASSERT(h.at == claim_holder::stage::ready && t != nullptr, h.id, static_cast<unsigned>(h.at));
  park(h, *t);
}

void claims::offer_next(claim_holder& h, std::vector<claim_holder*>& woken) {
  if (!h.serial)
    return;
  auto& n = *h.below[h.below_count - 1].node;
  if (n.place == 0)
    return;
  auto* t = n.lane(lock_mode::x).parked.front();
  if (t == nullptr || place_behind(*t->who) == 0)
    return;
  unpark(*t->who);
  t->who->at = claim_holder::stage::ready;
  woken.push_back(t->who);
}

void claims::pin(claim_holder& h) {
  each(h, [](ticket& t) { t.node->place = 0; });
}

} // namespace stint
