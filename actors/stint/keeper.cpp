#include <stint/keeper.hpp>

#include <stint/answer.hpp>
#include <stint/fault_point.hpp>

namespace stint {

namespace {

/// Between two tries on a disk that fails: soon enough that nobody notices when it works again.
constexpr nanos before_saving_again = std::chrono::milliseconds{200};

/// Without a failure, before the trouble is said to be over: a disk that fails now and then would fill the log.
constexpr nanos before_all_is_well = std::chrono::seconds{5};

/// Calls the store. One of the program's own may throw, and ours when memory runs out: the list would wait for ever for an
/// answer of a keeper that has ended by that.
template <class F>
auto guarded(errc thrown, F&& call) -> decltype(call()) {
  try {
    return call();
  } catch (const std::exception& e) {
    return {thrown, std::string{"the store threw: "} + e.what()};
  } catch (...) {
    return {thrown, "the store threw what is no std::exception"};
  }
}

error reopening() { return {errc::io_failed, "the store has to be opened again first"}; }

} // namespace

keeper::keeper(caf::actor_config& cfg, std::shared_ptr<store> kept, store::opened head, std::shared_ptr<environment> env,
               std::promise<void> closed)
    : actor_base(cfg), store_(std::move(kept)), let_go_(std::move(closed)), head_(head), env_(std::move(env)), last_{head.version, head.last_id},
      at_lent_(home_system()) {}

caf::behavior keeper::make_behavior() {
  return {
    [this](crew_messages::save& m) {
      open_ = std::move(m);
      gathered_ = false;
      fault_point("keeper.got");
      save();
    },
    [this](const crew_messages::gathered&) { gathered_ = true; },
    [this](const crew_messages::commit_done& m) {
      constexpr std::size_t most_lent = 1; // the list gives the next batch, and this thread has it at once
      const auto lent = gathered_ ? lend(most_lent) : nullptr;
      caf_shim::tell(*this, m.whom, crew_messages::saved{});
    },
    [this](const crew_messages::save_again& m) {
      if (m.failures != failures_)
        return; // it has failed since
      if (open_)
        save();
      else if (std::exchange(trouble_, false))
        env_->log(log_level::warning, "tasks are saved again");
    },
    [this](crew_messages::fetch& m) -> caf::result<crew_messages::fetched> {
      if (reads_.size() == most_reads)
        return to_caf({errc::too_many_reads, std::to_string(most_reads)});
      auto p = make_response_promise<crew_messages::fetched>();
      reads_.push_back({std::move(m), p, {}, 0});
      if (reads_.size() == 1)
        caf_shim::tell(*this, caf::actor_cast<caf::actor>(this), crew_messages::read_some{});
      return p;
    },
    [this](const crew_messages::read_some&) { read_some(); },
    [this](const protocol::read_output& m) {
      return answer(guarded(errc::io_failed, [&]() -> result<output_piece> {
        if (closed_)
          return reopening();
        return store_->output(m.id, m.offset, m.limit);
      }));
    },
  };
}

/// The list hears of what is told now on this thread, without being woken on another: of so many messages.
std::unique_ptr<lent_thread> keeper::lend(std::size_t most) {
  if (!env_->own_threads())
    return nullptr;
  context(&at_lent_);
  return std::make_unique<lent_thread>(most);
}

/// Reads a little, then goes to the end of the mailbox: a commit that has come meanwhile is before it.
void keeper::read_some() {
  constexpr std::size_t most_lent = 2; // messages of the list: a commit may come meanwhile
  const auto lent = lend(most_lent);
  for (std::size_t room = reads_at_once; !reads_.empty() && room != 0;) {
    auto& r = reads_.front();
    const auto all = guarded(errc::io_failed, [&] { return read_on(r, room); });
    if (all && !*all)
      break;
    if (all)
      r.whom.deliver(std::move(r.got));
    else
      r.whom.deliver(to_caf(all.error()));
    reads_.pop_front();
  }
  if (!reads_.empty())
    caf_shim::tell(*this, caf::actor_cast<caf::actor>(this), crew_messages::read_some{});
}

/// Takes what it reads off the room; returns false when that is not enough.
result<bool> keeper::read_on(open_read& r, std::size_t& room) {
  if (closed_)
    return reopening();
  if (r.what.page) {
    auto p = store_->page(*r.what.page);
    if (p.code() == errc::invalid_cursor) { // the list has given ids that are not committed: nothing is there yet
      if (r.what.page->order == page_order::oldest_first)
        return true;
      r.what.page->cursor = 0;
      p = store_->page(*r.what.page);
    }
    if (!p)
      return p.error();
    r.got = {std::move(p->tasks), p->next};
    room -= std::min(room, r.what.page->limit);
    return true;
  }
  for (; r.done < r.what.ids.size(); ++r.done, --room) {
    if (room == 0)
      return false;
    auto t = store_->get(r.what.ids[r.done]);
    if (t)
      r.got.tasks.push_back(std::move(*t));
    else if (t.code() == errc::store_damaged)
      env_->log(log_level::error, to_string(t.error()));
    else if (t.code() != errc::task_deleted && t.code() != errc::unknown_task)
      return t.error();
  }
  return true;
}

void keeper::save() {
  const auto done = try_to_save();
  const auto me = caf::actor_cast<caf::actor>(this);
  if (!done) {
    ++failures_;
    if (!std::exchange(trouble_, true))
      env_->log(log_level::error, "nothing can be saved: " + to_string(done.error()));
    if (std::exchange(told_, done.error().text) != told_)
      caf_shim::tell(*this, open_->whom, crew_messages::save_trouble{*told_});
    caf_shim::tell_after(*this, me, before_saving_again, crew_messages::save_again{failures_});
    return;
  }
  if (std::exchange(told_, std::nullopt))
    caf_shim::tell_after(*this, me, before_all_is_well, crew_messages::save_again{failures_});
  last_ = {open_->what->version, open_->what->last_id};
  fault_point("keeper.saved");
  const auto whom = std::move(open_->whom);
  open_.reset();
  if (reads_.empty()) // else that would wait for the next of them
    caf_shim::tell(*this, me, crew_messages::commit_done{whom}); // behind the word that more has gathered, if there is one
  else
    caf_shim::tell(*this, whom, crew_messages::saved{});
}

result<unit_t> keeper::try_to_save() {
  auto& b = *open_->what;
  if (taken_)
    return *taken_;
  if (closed_) {
    auto there = guarded(errc::io_failed, [this] { return open_again(); });
    if (!there)
      return there.error();
    if (*there)
      return unit;
  }
  b.epoch = head_.epoch;
  auto done = guarded(errc::store_closed, [&] { return store_->commit(b); });
  // Whatever has failed, nothing tells what is on the disk but opening it again. For a full disk that is more than
  // needed, and does no harm.
  if (!done && done.code() == errc::store_closed) {
    close(); // one that threw is still open
    closed_ = true;
  }
  return done;
}

/// Opens the store after a failure; tells whether the batch in hand has reached it after all.
result<bool> keeper::open_again() {
  auto head = store_->open();
  if (!head)
    return head.error();
  auto& b = *open_->what;
  const told_last found{head->version, head->last_id};
  if (found != last_ && found != told_last{b.version, b.last_id}) {
    close();
    taken_ = {errc::stale_epoch, "it is not as this list left it: another one has had it meanwhile, or the disk has lost something. "
                                 "This one cannot go on with it"};
    env_->log(log_level::error, to_string(*taken_));
    return *taken_;
  }
  closed_ = false;
  head_ = *head;
  // A batch that changed a task raised the version. One that did not has only output, which may be there already.
  if (found != last_)
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

void keeper::close() {
  static_cast<void>(guarded(errc::io_failed, [this] { return store_->close(); }));
}

void keeper::on_exit() {
  if (store_ && !closed_)
    close();
  store_ = nullptr;
  let_go_.set_value();
  env_ = nullptr;
  open_.reset();
  for (auto& r : reads_)
    r.whom.deliver(to_caf({errc::list_gone, {}}));
  reads_.clear();
  actor_base::on_exit();
}

caf::actor spawn_keeper(caf::actor_system& system, std::shared_ptr<store> kept, store::opened head,
                        std::shared_ptr<environment> env, std::promise<void> closed) {
  if (env->own_threads())
    return system.spawn<keeper, caf::detached>(std::move(kept), head, env, std::move(closed));
  return system.spawn<keeper>(std::move(kept), head, env, std::move(closed));
}

} // namespace stint
