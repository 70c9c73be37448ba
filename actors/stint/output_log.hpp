/// The actor that keeps what bodies print, so that text never goes through the owner.
///
/// Owner    the list.
/// Threads  CAF's scheduler.
/// Errors   whether a task exists is the list's to say; a task that printed nothing reads as empty.
/// Units    bytes; bounded per task and in all: the text that has been silent for longest goes first, as bytes dropped.
#pragma once

#include <list>
#include <map>

#include <stint/bounded_text.hpp>
#include <stint/crew_messages.hpp>
#include <stint/limits.hpp>

namespace stint {

class output_log final : public caf_shim::actor_base {
public:
  output_log(caf::actor_config& cfg, limits bounds) : actor_base(cfg), bounds_(bounds) {}

  caf::behavior make_behavior() override {
    return {
      [this](const crew_messages::append& m) {
        const auto total = append(m.id, m.text);
        if (hub_)
          caf_shim::tell(*this, hub_, crew_messages::noticed{{m.id, 0, {}, false, total}});
      },
      [this](const crew_messages::forget& m) {
        for (auto id : m.ids)
          if (auto i = texts_.find(id); i != texts_.end()) {
            kept_ -= i->second.text.kept();
            silent_.erase(i->second.place);
            texts_.erase(i);
          }
      },
      [this](const protocol::read_output& m) -> caf::result<output_piece> {
        auto i = texts_.find(m.id);
        return i == texts_.end() ? output_piece{} : i->second.text.read(m.offset, std::min(m.limit, bounds_.output));
      },
      [this](const crew_messages::tell_output& m) { hub_ = m.whom; },
    };
  }

  void on_exit() override {
    hub_ = nullptr;
    actor_base::on_exit();
  }

private:
  struct printed {
    bounded_text text;
    std::list<task_id>::iterator place;
  };

  std::uint64_t append(task_id id, std::string_view more) {
    auto [i, fresh] = texts_.try_emplace(id, printed{bounded_text{bounds_.output}, {}});
    auto& p = i->second;
    if (fresh)
      p.place = silent_.insert(silent_.end(), id);
    else
      silent_.splice(silent_.end(), silent_, p.place);
    kept_ -= p.text.kept();
    p.text.append(more);
    kept_ += p.text.kept();
    for (auto longest = silent_.begin(); kept_ > bounds_.output_total && *longest != id; ++longest) {
      auto& text = texts_.find(*longest)->second.text;
      kept_ -= text.kept();
      text.drop();
    }
    return p.text.total();
  }

  limits bounds_;
  caf::actor hub_; ///< while somebody wants notices
  std::map<task_id, printed> texts_;
  std::list<task_id> silent_; ///< who has been silent for longest comes first
  std::size_t kept_ = 0;
};

} // namespace stint
