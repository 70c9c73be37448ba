/// The actor that keeps what bodies print, so that text never goes through the owner.
///
/// Owner    the list.
/// Threads  CAF's scheduler.
/// Errors   whether a task exists is the list's to say; a task that printed nothing reads as empty.
/// Units    bytes; bounded per task and in all (the oldest task's output goes first).
#pragma once

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
        auto& text = texts_.try_emplace(m.id, bounds_.output).first->second;
        kept_ -= text.kept();
        text.append(m.text);
        kept_ += text.kept();
        if (hub_)
          caf_shim::tell(*this, hub_, crew_messages::noticed{{m.id, 0, {}, false, text.total()}});
        while (kept_ > bounds_.output_total && texts_.size() > 1)
          drop(texts_.begin());
      },
      [this](const crew_messages::forget& m) {
        for (auto id : m.ids)
          if (auto i = texts_.find(id); i != texts_.end())
            drop(i);
      },
      [this](const protocol::read_output& m) -> caf::result<output_piece> {
        auto i = texts_.find(m.id);
        return i == texts_.end() ? output_piece{} : i->second.read(m.offset, std::min(m.limit, bounds_.output));
      },
      [this](const crew_messages::tell_output& m) { hub_ = m.whom; },
    };
  }

  void on_exit() override {
    hub_ = nullptr;
    actor_base::on_exit();
  }

private:
  void drop(std::map<task_id, bounded_text>::iterator i) {
    kept_ -= i->second.kept();
    texts_.erase(i);
  }

  limits bounds_;
  caf::actor hub_; ///< while somebody wants notices
  std::map<task_id, bounded_text> texts_;
  std::size_t kept_ = 0;
};

} // namespace stint
