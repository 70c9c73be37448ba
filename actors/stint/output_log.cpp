#include <stint/output_log.hpp>

#include <stint/fault_point.hpp>

namespace stint {

output_log::output_log(caf::actor_config& cfg, limits bounds, caf::actor list, caf::actor keeper, printed_before before)
    : actor_base(cfg), bounds_(bounds), list_(std::move(list)), keeper_(std::move(keeper)), before_(before.begin(), before.end()) {}

caf::behavior output_log::make_behavior() {
  return {
    [this](const crew_messages::append& m) {
      const auto total = append(m.id, m.text);
      if (hub_)
        caf_shim::tell(*this, hub_, crew_messages::noticed{{m.id, 0, {}, false, total}});
    },
    [this](const crew_messages::forget& m) {
      for (auto id : m.ids) {
        before_.erase(id);
        fresh_.erase(id);
        if (auto i = texts_.find(id); i != texts_.end()) {
          kept_ -= i->second.text.kept();
          if (i->second.place != silent_.end())
            silent_.erase(i->second.place);
          texts_.erase(i);
        }
      }
    },
    [this](const crew_messages::let_go& m) {
      for (auto id : m.ids) {
        auto i = texts_.find(id);
        if (i == texts_.end() || fresh_.contains(id)) // somebody who was given up has printed since
          continue;
        before_[id] = i->second.text.total();
        kept_ -= i->second.text.kept();
        if (i->second.place != silent_.end())
          silent_.erase(i->second.place);
        texts_.erase(i);
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

std::uint64_t output_log::append(task_id id, std::string_view more) {
  auto i = texts_.find(id);
  if (i == texts_.end()) {
    const auto before = before_.extract(id);
    i = texts_.emplace(id, printed{bounded_text{bounds_.output, before.empty() ? 0 : before.mapped()}, silent_.end()}).first;
  }
  auto& [text, place] = i->second;
  if (place == silent_.end())
    place = silent_.insert(silent_.end(), id);
  else
    silent_.splice(silent_.end(), silent_, place);
  if (keeper_) {
    if (fresh_.empty())
      caf_shim::tell(*this, list_, crew_messages::printed{});
    fresh_.try_emplace(id, text.total());
  }
  kept_ -= text.kept();
  text.append(more);
  kept_ += text.kept();
  for (auto longest = silent_.begin(); kept_ > bounds_.output_total && *longest != id;) {
    if (fresh_.contains(*longest)) { // it is nowhere else yet
      ++longest;
      continue;
    }
    auto& old = texts_.find(*longest)->second;
    kept_ -= old.text.kept();
    old.text.drop();
    old.place = silent_.end();
    longest = silent_.erase(longest);
  }
  return text.total();
}

/// Adds what was printed since the last commit, and what need not be kept any more.
void output_log::add_output(store::batch& b) {
  for (auto [id, from] : fresh_) {
    const auto& text = texts_.at(id).text;
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
  if (i != texts_.end() && (!keeper_ || m.offset >= i->second.text.begin()))
    return i->second.text.read(m.offset, limit);
  if (!keeper_)
    return output_piece{};
  return caf_shim::hand_over<output_piece>(*this, keeper_, protocol::read_output{m.id, m.offset, limit});
}

void output_log::on_exit() {
  list_ = nullptr;
  hub_ = nullptr;
  keeper_ = nullptr;
  actor_base::on_exit();
}

} // namespace stint
