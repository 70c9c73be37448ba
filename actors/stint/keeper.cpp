#include <stint/keeper.hpp>

#include <stint/answer.hpp>
#include <stint/fault_point.hpp>

namespace stint {

namespace {

/// Between two tries on a disk that fails: soon enough that nobody notices when it works again.
constexpr nanos before_next_try = std::chrono::milliseconds{200};

/// Without a failure, before the trouble is said to be over: a disk that fails now and then would fill the log.
constexpr nanos before_all_is_well = std::chrono::seconds{5};

} // namespace

keeper::keeper(caf::actor_config& cfg, std::shared_ptr<store> kept, store::opened head, std::shared_ptr<environment> env)
    : actor_base(cfg), store_(std::move(kept)), head_(head), env_(std::move(env)), before_(head.version) {}

caf::behavior keeper::make_behavior() {
  return {
    [this](crew_messages::save& m) {
      open_ = std::move(m);
      fault_point("keeper.got");
      save();
    },
    [this](const crew_messages::save_again& m) {
      if (m.failures != failures_)
        return; // it has failed since
      if (open_)
        save();
      else if (std::exchange(trouble_, false))
        env_->log(log_level::warning, "tasks are saved again");
    },
    [this](const protocol::read_output& m) { return answer(store_->output(m.id, m.offset, m.limit)); },
  };
}

void keeper::save() {
  const auto done = try_to_save();
  const auto me = caf::actor_cast<caf::actor>(this);
  if (!done) {
    ++failures_;
    if (!std::exchange(trouble_, true))
      env_->log(log_level::error, "nothing can be saved: " + to_string(done.error()));
    if (!std::exchange(told_, true))
      caf_shim::tell(*this, open_->whom, crew_messages::save_trouble{done.error().text});
    caf_shim::tell_after(*this, me, before_next_try, crew_messages::save_again{failures_});
    return;
  }
  if (std::exchange(told_, false))
    caf_shim::tell_after(*this, me, before_all_is_well, crew_messages::save_again{failures_});
  before_ = open_->what->version;
  fault_point("keeper.saved");
  const auto whom = std::move(open_->whom);
  open_.reset();
  caf_shim::tell(*this, whom, crew_messages::saved{});
}

result<unit_t> keeper::try_to_save() {
  auto& b = *open_->what;
  if (closed_) {
    auto there = open_again();
    if (!there)
      return there.error();
    if (*there)
      return unit;
  }
  b.epoch = head_.epoch;
  auto done = store_->commit(b);
  // Whatever has failed, nothing tells what is on the disk but opening it again. For a full disk that is more than
  // needed, and does no harm.
  if (!done && done.code() == errc::store_closed)
    closed_ = true;
  return done;
}

/// Opens the store after a failure; tells whether the batch in hand has reached it after all.
result<bool> keeper::open_again() {
  auto head = store_->open();
  if (!head)
    return head.error();
  closed_ = false;
  head_ = *head;
  auto& b = *open_->what;
  // A batch that changed a task raised the version. One that did not has only output, which may be there already.
  if (b.version != before_ && head->version == b.version)
    return true;
  std::erase_if(b.printed, [this](stored_text& p) {
    const auto old = store_->output(p.id, 0, 0);
    if (!old || old->total <= p.offset)
      return false;
    const auto known = std::min<std::uint64_t>(old->total - p.offset, p.text.size());
    p.text.erase(0, known);
    p.offset += known;
    return p.text.empty(); // all of it is there, and perhaps more: the store takes nothing from before its end
  });
  return false;
}

void keeper::on_exit() {
  if (store_ && !closed_)
    static_cast<void>(store_->close());
  store_ = nullptr;
  env_ = nullptr;
  open_.reset();
  actor_base::on_exit();
}

caf::actor spawn_keeper(caf::actor_system& system, std::shared_ptr<store> kept, store::opened head,
                        std::shared_ptr<environment> env) {
  if (env->own_threads())
    return system.spawn<keeper, caf::detached>(std::move(kept), head, env);
  return system.spawn<keeper>(std::move(kept), head, env);
}

} // namespace stint
