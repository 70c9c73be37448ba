#include <rivals/bare_list.hpp>

#include <utility>

namespace stint::bench {

bare_worker::bare_worker(caf::actor_config& cfg, caf::actor list) : actor_base(cfg), list_(std::move(list)) {}

caf::behavior bare_worker::make_behavior() {
  return {
    [this](bare::run& m) {
      bare::done said;
      said.id = m.id;
      said.started = rival_clock::now();
      said.result = m.body();
      said.ended = rival_clock::now();
      caf_shim::tell(*this, list_, std::move(said));
    },
  };
}

void bare_worker::on_exit() {
  list_ = nullptr;
  actor_base::on_exit();
}

bare_list::bare_list(caf::actor_config& cfg, std::size_t workers, bool detached)
  : actor_base(cfg), wanted_(workers), detached_(detached) {}

caf::behavior bare_list::make_behavior() {
  const auto me = caf::actor_cast<caf::actor>(this);
  for (std::size_t i = 0; i < wanted_; ++i)
    workers_.push_back(detached_ ? system().spawn<bare_worker, caf::detached>(me) : system().spawn<bare_worker>(me));
  return {
    [this](bare::submit& m) {
      const auto id = ++last_;
      auto& e = tasks_[id];
      e.id = id;
      e.name = std::move(m.name);
      e.submitted = rival_clock::now();
      e.client = caf::actor_cast<caf::actor>(current_sender());
      e.state = rival_state::running;
      caf_shim::tell(*this, workers_[id % workers_.size()], bare::run{id, std::move(m.run)});
    },
    [this](bare::done& m) {
      auto& e = tasks_.at(m.id);
      e.state = m.result.error.empty() ? rival_state::succeeded : rival_state::failed;
      e.code = m.result.code;
      e.value = std::move(m.result.value);
      e.error = std::move(m.result.error);
      e.started = m.started;
      e.ended = m.ended;
      caf_shim::tell(*this, e.client, bare::finished{m.id, e.code});
      e.client = nullptr;
    },
    [this](const bare::get& m) -> caf::result<bare::record> {
      auto i = tasks_.find(m.id);
      return bare::record{i == tasks_.end() ? rival_record{} : static_cast<const rival_record&>(i->second)};
    },
  };
}

void bare_list::on_exit() {
  for (auto& w : workers_)
    caf_shim::end(*this, w);
  workers_.clear();
  tasks_.clear();
  actor_base::on_exit();
}

} // namespace stint::bench
