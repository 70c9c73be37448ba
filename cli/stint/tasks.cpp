#include "tasks.hpp"

#include <iostream>

#include <boost/json/serialize.hpp>

#include "asked.hpp"
#include "task_output.hpp"
#include "task_text.hpp"

namespace stint::cli {

int list_tasks(const list_options& with) {
  page_request ask;
  ask.filter = with.which;
  for (const auto& name : with.states) {
    const auto s = state_named(name);
    if (!s)
      throw start_error{{errc::invalid_option, "--state: there is no state '" + name + "'"}};
    ask.filter.states.push_back(*s);
  }
  ask.limit = with.limit;
  ask.cursor = with.from;
  return ask_list(with.link, [&](list& tasks) -> result<unit_t> {
    const auto page = tasks.page(ask);
    if (!page)
      return page.error();
    if (with.json) {
      for (const auto& t : page->tasks)
        std::cout << boost::json::serialize(task_json(t)) << "\n";
      return unit;
    }
    std::cout << task_table(page->tasks);
    if (page->next != 0)
      std::cout << "more with --from " << page->next << "\n";
    return unit;
  });
}

namespace {

result<unit_t> show_output(list& tasks, task_id id) {
  std::uint64_t missing = 0;
  for (std::uint64_t at = 0;;) {
    const auto piece = tasks.output(id, at);
    if (!piece)
      return piece.error();
    missing += piece->dropped;
    at = piece->next;
    if (piece->text.empty())
      break;
    put_output(piece->text);
  }
  if (missing != 0)
    say(log_level::warning, "task " + std::to_string(id) + ": " + std::to_string(missing) + " bytes of its output are not kept");
  return unit;
}

/// The name of the node that runs a task; empty when none does.
std::string node_of(const node_list& all, const task& t) {
  for (const auto& p : all.peers)
    for (const auto& r : p.running)
      if (r.id == t.id && r.attempt == t.attempt)
        return p.name;
  return {};
}

} // namespace

int show_task(const show_options& with) {
  return ask_list(with.link, [&](list& tasks) -> result<unit_t> {
    const auto t = tasks.get(with.id);
    if (!t)
      return t.error();
    if (with.output)
      return show_output(tasks, with.id);
    // Each is an answer of its own: a task that ends or is deleted meanwhile has less to say, and that is no error.
    task_more more;
    if (auto why = tasks.explain(with.id))
      more.why = std::move(*why);
    if (auto args = tasks.args(with.id))
      more.args = std::move(*args);
    if (auto value = tasks.value(with.id))
      more.value = std::move(*value);
    if (auto all = tasks.nodes())
      more.node = node_of(*all, *t);
    if (with.json)
      std::cout << boost::json::serialize(task_json(*t, more)) << "\n";
    else
      std::cout << task_lines(*t, more);
    return unit;
  });
}

namespace {

result<unit_t> change(list& tasks, task_change what, task_id id) {
  const auto name = "task " + std::to_string(id);
  if (what == task_change::retry) {
    const auto again = tasks.retry(id);
    if (!again)
      return again.error();
    std::cout << name << " is tried again as task " << *again << "\n";
    return unit;
  }
  const auto done = what == task_change::cancel ? tasks.cancel(id) : tasks.release(id);
  if (!done)
    return done.error();
  const auto now = tasks.get(id);
  std::cout << name << " is " << (now ? to_string(now->state) : "deleted") << "\n";
  return unit;
}

} // namespace

int change_tasks(task_change what, const change_options& with) {
  return ask_list(with.link, [&](list& tasks) -> result<unit_t> {
    result<unit_t> last = unit; // of those that were refused
    for (const auto id : with.ids)
      if (auto done = change(tasks, what, id); !done) {
        if (!last)
          say(log_level::error, to_string(last.error()));
        last = std::move(done);
      }
    return last;
  });
}

} // namespace stint::cli
