#include <stint/output_log.hpp>

#include <stint/fault_point.hpp>

namespace stint {

output_log::output_log(caf::actor_config& cfg, limits bounds, caf::actor keeper, printed_before before)
    : actor_base(cfg), bounds_(bounds), keeper_(std::move(keeper)), ends_(before.begin(), before.end()) {}

caf::behavior output_log::make_behavior() {
  return {
    [this](const crew_messages::append& m) { append(m); },
    [this](const crew_messages::forget& m) {
      for (auto id : m.ids) {
        if (auto i = texts_.find(id); i != texts_.end())
          drop(i);
        ends_.erase(id);
        fresh_.erase(id);
      }
    },
    [this](const protocol::read_output& m) { return read(m); },
    [this](const crew_messages::tell_output& m) { hub_ = m.whom; },
    [this](crew_messages::save& m) {
      add_output(*m.what);
      fault_point("log.added");
      caf_shim::tell(*this, keeper_, std::move(m));
    },
  };
}

void output_log::append(const crew_messages::append& m) {
  auto i = texts_.find(m.id);
  if (i == texts_.end()) {
    const auto end = ends_.extract(m.id);
    i = texts_.try_emplace(m.id, bounds_.output, end.empty() ? 0 : end.mapped()).first;
  }
  auto& text = i->second;
  if (keeper_)
    fresh_.try_emplace(m.id, text.total());
  kept_ -= text.kept();
  text.append(m.text);
  kept_ += text.kept();
  if (hub_)
    caf_shim::tell(*this, hub_, crew_messages::noticed{{m.id, 0, {}, false, text.total()}});
  // The oldest first, but nothing that is not stored yet.
  for (auto old = texts_.begin(); kept_ > bounds_.output_total && texts_.size() > 1 && old != texts_.end();) {
    const auto next = std::next(old);
    if (!fresh_.contains(old->first)) {
      if (keeper_)
        ends_[old->first] = old->second.total();
      drop(old);
    }
    old = next;
  }
}

/// Adds what was printed since the last commit, and what need not be kept any more.
void output_log::add_output(store::batch& b) {
  for (auto [id, from] : fresh_) {
    const auto& text = texts_.at(id);
    while (from < text.total()) {
      auto piece = text.read(from, bounds_.output);
      if (piece.text.empty())
        break;
      from = piece.next;
      b.printed.push_back({id, piece.offset, std::move(piece.text)});
    }
    if (const auto [first, end] = text.gap(); first < end)
      b.cut.push_back({id, first, end});
  }
  fresh_.clear();
}

caf::result<output_piece> output_log::read(const protocol::read_output& m) {
  const auto limit = std::min(m.limit, bounds_.output);
  auto i = texts_.find(m.id);
  if (i != texts_.end() && m.offset >= i->second.begin())
    return i->second.read(m.offset, limit);
  if (!keeper_)
    return output_piece{};
  return caf_shim::hand_over<output_piece>(*this, keeper_, protocol::read_output{m.id, m.offset, limit});
}

void output_log::drop(std::map<task_id, bounded_text>::iterator i) {
  kept_ -= i->second.kept();
  texts_.erase(i);
}

void output_log::on_exit() {
  hub_ = nullptr;
  keeper_ = nullptr;
  actor_base::on_exit();
}

} // namespace stint
