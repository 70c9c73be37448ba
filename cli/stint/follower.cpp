#include "follower.hpp"

#include <algorithm>
#include <cstdio>
#include <random>

#include <stint/node_messages.hpp>

#include "task_output.hpp"

namespace stint::cli {

namespace {

/// A task that begins soon needs no explanation.
constexpr nanos before_why = std::chrono::seconds{2};
/// What it waits for may change.
constexpr nanos between_whys = std::chrono::seconds{10};

} // namespace

follower::follower(caf::actor_config& cfg, caf::actor list, spec what, std::shared_ptr<run_state> state)
    : actor_base(cfg), list_(std::move(list)), what_(std::move(what)), state_(std::move(state)),
      tag_("run:" + std::to_string(std::random_device{}()) + ":" + std::to_string(std::random_device{}())) {
  what_.tags.push_back(tag_);
}

/// Its task, and no other that has its id: a list that keeps nothing begins with 1 again when it is restarted.
filter follower::mine() const {
  filter f;
  if (id_ != 0) // else nobody has answered yet
    f.ids = {id_};
  f.tag = tag_;
  return f;
}

caf::behavior follower::make_behavior() {
  caf_shim::ask(*this, list_, node_messages::await_link{})
    .then([this](const node_messages::linked&) { submit(); },
          [this](const caf::error& e) { end(2, to_string(from_caf(e))); });
  return trapping(
    [this](const caf::error&) { interrupt(); },
    [this](const protocol::events& m) {
      for (const auto& e : m.batch->events)
        if (e.id == id_ && !e.deleted)
          look(e.to, e.attempt, e.code, e.error);
      taken(m.number);
    },
    [this](const protocol::snapshot& m) {
      for (const auto& t : m.tasks)
        if (t.id == id_) {
          known_ = true;
          look(t.state, t.attempt, t.code, t.error);
        }
      taken(m.number);
    },
    [this](const protocol::notices& m) {
      for (const auto& n : *m.batch)
        if (n.id == id_ && n.output)
          read();
      taken(m.number);
    },
    [this](const protocol::snapshot_end&) {
      if (known_)
        read();
      else // deleted, or of a list that has begun anew without it
        end(1, to_string(error{errc::unknown_task, "task " + std::to_string(id_) + " is not there any more"}));
    },
    [this](const protocol::reset&) {
      known_ = false;
      reading_ = false; // the id may be another's now: an answer on its way is not to be printed
      ++lives_;
    },
    [this](const protocol::explain&) { say_why_it_waits(); },
    [this](const protocol::closed&) { end(1, to_string(error{errc::list_gone, {}})); });
}

void follower::submit() {
  submitted_ = true;
  protocol::submit ask;
  ask.tasks.push_back({what_, {}});
  caf_shim::ask(*this, list_, std::move(ask))
    .then(
      [this](const protocol::submitted& m) {
        id_ = m.ids.front();
        state_->id = id_;
        subscribe();
      },
      [this](const caf::error& e) { end(1, to_string(from_caf(e))); });
}

void follower::subscribe() {
  protocol::subscribe ask;
  ask.who = caf::actor_cast<caf::actor>(this);
  ask.filter = mine();
  ask.notices = true;
  caf_shim::ask(*this, list_, std::move(ask))
    .then([](const protocol::subscribed&) {}, [this](const caf::error& e) { end(1, to_string(from_caf(e))); });
}

void follower::look(stint::state now, std::uint32_t attempt, std::int32_t code, const std::string& error) {
  if (now == stint::state::running && attempt > attempt_) {
    if (std::exchange(attempt_, attempt) != 0)
      state_->said.put("task " + std::to_string(id_) + " begins again" + (error.empty() ? "" : ": ") + error);
  }
  waits_ = now == stint::state::waiting;
  if (waits_)
    say_why_later(before_why);
  if (!settled(now))
    return;
  ended_ = {now, code, error};
  read(); // what it said at last
}

void follower::say_why_later(nanos rest) {
  if (!std::exchange(asks_why_, true))
    caf_shim::tell_after(*this, caf::actor_cast<caf::actor>(this), rest, protocol::explain{id_});
}

/// Tells people, once for each reason.
void follower::say_why_it_waits() {
  asks_why_ = false;
  if (!waits_)
    return;
  caf_shim::ask(*this, list_, protocol::explain{id_})
    .then(
      [this, life = lives_](const explanation& e) {
        if (life != lives_ || !waits_)
          return;
        if (e.text != last_why_)
          state_->said.put("task " + std::to_string(id_) + " waits: " + e.text);
        last_why_ = e.text;
        say_why_later(between_whys);
      },
      [](const caf::error&) {}); // what is wrong is heard elsewhere
}

void follower::read() {
  more_ = true;
  if (std::exchange(reading_, true))
    return;
  more_ = false;
  caf_shim::ask(*this, list_, protocol::read_output{id_, printed_})
    .then(
      [this, life = lives_](const output_piece& p) {
        if (life != lives_)
          return;
        reading_ = false;
        if (p.total < printed_) { // a list that was killed had not kept all of it
          state_->said.put("task " + std::to_string(id_) + ": the list had kept only " + std::to_string(p.total) + " of "
                           + std::to_string(printed_) + " bytes of its output when it was killed; what is kept follows, from its beginning");
          printed_ = 0;
          read();
          return;
        }
        print(p);
        if (!p.text.empty() || more_)
          read();
        else if (ended_)
          end_as_the_task();
      },
      [this, life = lives_](const caf::error& e) {
        if (life != lives_)
          return;
        reading_ = false;
        if (ended_)
          end_as_the_task();
        else
          end(1, to_string(from_caf(e)));
      });
}

/// Whole lines stay whole: where something is missing, the rest of a line goes with it.
void follower::print(output_piece piece) {
  printed_ = piece.next;
  if (piece.dropped != 0) {
    const auto end = std::min(piece.text.find('\n') + 1, piece.text.size());
    missed_ += piece.dropped + end;
    piece.text.erase(0, end);
    if (std::exchange(line_open_, false))
      std::fputc('\n', stdout);
  }
  put_output(piece.text);
  std::fflush(stdout);
  if (!piece.text.empty())
    line_open_ = piece.text.back() != '\n';
}

void follower::interrupt() {
  if (std::exchange(interrupted_, true) || !submitted_) {
    end(130);
    return;
  }
  caf_shim::ask(*this, list_, protocol::cancel_matching{mine()}) // if it has ended, that will be told
    .then(
      [this](const protocol::changed&) {
        state_->cancelling = true;
        state_->said.put(std::string{});
      },
      [this](const caf::error& e) {
        end(130, to_string(from_caf(e)) + "; " + shown_name(id_) + " may go on");
      });
}

void follower::taken(std::uint64_t number) { caf_shim::tell(*this, list_, protocol::credit{number, 1}); }

void follower::end_as_the_task() {
  if (missed_ != 0)
    state_->said.put("task " + std::to_string(id_) + ": " + std::to_string(missed_)
                     + " bytes of its output are missing: it printed faster than they were fetched (stint serve --output keeps more)");
  auto why = ended_->error;
  const std::string state{to_string(ended_->state)};
  const bool says_itself = ended_->state == stint::state::succeeded || ended_->state == stint::state::failed || why.starts_with(state);
  if (!says_itself)
    why = state + (why.empty() ? "" : ": ") + why;
  if (!why.empty())
    why = "task " + std::to_string(id_) + ": " + why;
  if (ended_->state == stint::state::succeeded)
    end(0, std::move(why));
  else
    end(interrupted_ ? 130 : std::max(1, ended_->code), std::move(why));
}

void follower::end(int code, std::string why) {
  if (state_->code >= 0)
    return;
  state_->said.put(std::move(why)); // before the code: who sees that finds all that was said
  state_->code = code;
  state_->said.put(std::string{}); // wakes who has taken the other already, and saw no code yet
  quit();
}

void follower::on_exit() {
  list_ = nullptr;
  actor_base::on_exit();
}

} // namespace stint::cli
