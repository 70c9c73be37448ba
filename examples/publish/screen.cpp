#include "screen.hpp"

#include <algorithm>
#include <cstdio>

namespace publisher {

namespace {

constexpr std::size_t ended_kept = 200; // rows of ended tasks that are still looked at
constexpr std::size_t explained = 40;   // waiting tasks that are asked why; those behind wait for the same

stint::table_look look_for(int descriptor, bool plain) {
  return plain ? stint::table_look{} : stint::look_of(descriptor);
}

std::string took(const stint::task& t) {
  if (!t.started || !t.ended)
    return {};
  char text[48];
  const std::chrono::duration<double> ran = *t.ended - *t.started, waited = *t.started - t.submitted;
  std::snprintf(text, sizeof text, "took %.2f s after waiting %.2f s", ran.count(), waited.count());
  return text;
}

} // namespace

std::string why(const stint::explanation& e) {
  if (e.reason == stint::wait_reason::capacity)
    return "waits for a free worker";
  if (e.waits_for.empty())
    return e.text;
  const auto& b = e.waits_for.front();
  const auto who = std::to_string(b.id) + " (" + b.name + ")";
  const auto others = e.waits_for.size() - 1;
  const auto more = others == 0 ? std::string{} : " and " + std::to_string(others) + " more";
  if (b.key.empty() && b.mode.starts_with("something below"))
    return "wants everything, until " + who + more + (others == 0 ? " has ended" : " have ended");
  return (b.stuck   ? "held by the stuck body of "
          : b.holds ? "held by "
                    : "behind ")
         + who + more + ": " + (b.key.empty() ? "everything" : b.key);
}

screen::screen(const stint::list& tasks, std::ostream& out, int descriptor, bool plain)
  : tasks_(tasks), descriptor_(descriptor), table_(out, look_for(descriptor, plain)) {}

void screen::look() { table_.draw(rows(), footer(), stint::size_of(descriptor_), elapsed()); }

void screen::finish() {
  look();
  table_.leave();
}

std::vector<stint::table_row> screen::rows() {
  stint::page_request ask;
  ask.order = stint::page_order::oldest_first;
  ask.limit = 1000;
  ask.cursor = first_;
  std::vector<stint::table_row> out;
  const auto page = tasks_.page(ask);
  if (!page)
    return out; // nothing submitted yet
  std::size_t explanations = 0, ended = 0;
  while (ended < page->tasks.size() && stint::settled(page->tasks[ended].state))
    ++ended;
  if (ended > ended_kept)
    first_ = page->tasks[ended - ended_kept].id;
  for (const auto& t : page->tasks)
    out.push_back(row_of(t, explanations));
  return out;
}

stint::table_row screen::row_of(const stint::task& t, std::size_t& explanations) {
  stint::table_row row{t.id, t.name, t.state, t.progress, {}};
  if (stint::running(t.state)) {
    if (t.progress.total != 0)
      row.progress.text = std::to_string(t.progress.done) + " of " + std::to_string(t.progress.total);
  } else if (stint::settled(t.state)) {
    row.note = t.error.empty() ? took(t) : t.error;
  } else if (explanations < explained) {
    ++explanations;
    const auto e = tasks_.explain(t.id);
    if (e)
      row.state = e->state; // it may have begun since the page was made
    if (e && e->state == stint::state::waiting) {
      row.note = why(*e);
      if (e->reason == stint::wait_reason::claims)
        seen_waiting_.insert(t.id);
    }
  }
  return row;
}

std::string screen::footer() const {
  const auto all = tasks_.counts();
  if (!all)
    return {};
  using stint::state;
  const auto& n = all->tasks;
  const auto done = n[state::succeeded], lost = n.total() - done - n[state::running] - n[state::waiting];
  char text[160];
  std::snprintf(text, sizeof text, "%.1f s: %llu running, %llu waiting, %llu succeeded",
                std::chrono::duration<double>(elapsed()).count(), static_cast<unsigned long long>(n[state::running]),
                static_cast<unsigned long long>(n[state::waiting]), static_cast<unsigned long long>(done));
  return lost == 0 ? text : text + (", " + std::to_string(lost)) + " other";
}

} // namespace publisher
