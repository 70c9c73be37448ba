#include "task_text.hpp"

#include <algorithm>
#include <vector>

#include <boost/json/array.hpp>

#include "duration.hpp"
#include "shown_text.hpp"
#include "transition_line.hpp"

namespace stint::cli {

namespace {

namespace json = boost::json;

/// As much of args or a value as people look at.
constexpr std::size_t most_columns = 200;

json::string text_of(std::string_view text) { return json::string{text.data(), text.size()}; }

json::array array_of(const std::vector<std::string>& words) {
  json::array all;
  for (const auto& w : words)
    all.push_back(text_of(w));
  return all;
}

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const auto& w : words)
    all += (all.empty() ? "" : ", ") + harmless(w);
  return all;
}

std::string claim_text(const claim& c) {
  const auto key = c.key.empty() ? std::string{"everything"} : harmless(c.key);
  const auto how = c.mode == claim_mode::units ? std::to_string(c.units) + " units" : std::string{to_string(c.mode)};
  return key + " (" + how + ")";
}

std::string blocker_text(const blocker& b) {
  const auto* const of = b.lost ? "an attempt, lost with its node, of task " : b.stuck ? "the stuck body of task " : "task ";
  auto line = of + std::to_string(b.id);
  line += " (" + harmless(b.name) + "): " + (b.key.empty() ? "everything" : harmless(b.key)) + ", " + harmless(b.mode);
  return line + (b.holds ? ", held for " : ", ahead for ") + shown(b.since);
}

json::array blockers_of(const std::vector<blocker>& all) {
  json::array out;
  for (const auto& b : all) {
    json::object o;
    o["id"] = b.id;
    o["name"] = text_of(b.name);
    o["key"] = text_of(b.key);
    o["mode"] = text_of(b.mode);
    o["holds"] = b.holds;
    o["stuck"] = b.stuck;
    o["lost"] = b.lost;
    o["since_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(b.since).count();
    out.push_back(std::move(o));
  }
  return out;
}

json::value time_of(const std::optional<wall_time>& t) {
  return t ? json::value(text_of(utc(*t))) : json::value(nullptr); // in braces each would be an array
}

} // namespace

std::string state_text(const task& t) {
  std::string text{to_string(t.state)};
  if (t.reason != wait_reason::none)
    text += " (" + std::string{to_string(t.reason)} + ")";
  else if (t.state == state::running && !t.begun)
    text += " (not begun)";
  else if (t.stopping != stop_reason::none)
    text += " (" + std::string{to_string(t.stopping)} + ")";
  return text;
}

std::string task_table(std::span<const task> tasks) {
  std::size_t id_width = 2;
  std::size_t state_width = 5;
  std::size_t kind_width = 4;
  for (const auto& t : tasks) {
    id_width = std::max(id_width, std::to_string(t.id).size());
    state_width = std::max(state_width, state_text(t).size());
    kind_width = std::max(kind_width, shown_width(harmless(t.kind)));
  }
  std::string out;
  auto line = [&](const std::string& id, const std::string& state, const std::string& kind, const std::string& name) {
    out += std::string(id_width - id.size(), ' ') + id + "  " + fit_to(state, state_width) + "  ";
    out += fit_to(kind, kind_width) + "  " + name + "\n";
  };
  line("id", "state", "kind", "name");
  for (const auto& t : tasks)
    line(std::to_string(t.id), state_text(t), harmless(t.kind), harmless(t.name));
  return out;
}

std::string task_lines(const task& t, const task_more& more) {
  std::string out;
  auto line = [&out](std::string_view what, const std::string& text) {
    if (!text.empty())
      out += fit_to(what, 10) + "  " + text + "\n";
  };
  auto when = [&line](std::string_view what, const std::optional<wall_time>& t) { line(what, t ? utc(*t) : ""); };
  line("task", std::to_string(t.id));
  line("name", harmless(t.name));
  line("state", state_text(t));
  if (!terminal(t.state) || t.stuck)
    line("because", harmless(more.why.text));
  line("node", harmless(more.node));
  for (const auto& b : more.why.waits_for)
    line("waits for", blocker_text(b));
  for (const auto& b : more.why.holds_back)
    line("holds back", blocker_text(b));
  line("kind", harmless(t.kind));
  line("args", cut_to(harmless(more.args), most_columns));
  line("queue", harmless(t.queue));
  line("priority", t.priority == 0 ? "" : std::to_string(t.priority));
  for (const auto& c : t.claims)
    line("claims", claim_text(c));
  line("labels", joined(t.labels));
  line("tags", joined(t.tags));
  line("attempt", std::to_string(t.attempt) + ", " + std::to_string(t.charged) + " of " + std::to_string(t.max_attempts)
                    + " charged");
  line("deaths", t.deaths == 0 ? "" : std::to_string(t.deaths));
  line("retry of", t.retry_of == 0 ? "" : std::to_string(t.retry_of));
  if (const auto& p = t.progress; p != progress{})
    line("progress", std::to_string(p.done) + " of " + std::to_string(p.total) + " " + harmless(p.text));
  line("submitted", utc(t.submitted));
  when("due", t.due);
  when("started", t.started);
  when("ended", t.ended);
  line("code", t.code == 0 ? "" : std::to_string(t.code));
  line("error", harmless(t.error));
  line("value", cut_to(harmless(more.value), most_columns));
  return out;
}

json::object task_json(const task& t) {
  json::object o;
  o["id"] = t.id;
  o["version"] = t.version;
  o["name"] = text_of(t.name);
  o["state"] = text_of(to_string(t.state));
  o["reason"] = text_of(to_string(t.reason));
  o["stopping"] = text_of(to_string(t.stopping));
  o["begun"] = t.begun;
  o["stuck"] = t.stuck;
  o["kind"] = text_of(t.kind);
  o["queue"] = text_of(t.queue);
  o["priority"] = t.priority;
  json::array claims;
  for (const auto& c : t.claims)
    claims.push_back(json::object{{"key", text_of(c.key)}, {"mode", text_of(to_string(c.mode))}, {"units", c.units}});
  o["claims"] = std::move(claims);
  o["labels"] = array_of(t.labels);
  o["tags"] = array_of(t.tags);
  o["attempt"] = t.attempt;
  o["charged"] = t.charged;
  o["max_attempts"] = t.max_attempts;
  o["deaths"] = t.deaths;
  o["fencing_token"] = t.fencing_token;
  o["retry_of"] = t.retry_of;
  o["progress"] = json::object{{"done", t.progress.done}, {"total", t.progress.total}, {"text", text_of(t.progress.text)}};
  o["code"] = t.code;
  o["error"] = text_of(t.error);
  json::array errors;
  for (const auto& e : t.errors)
    errors.push_back(json::object{{"attempt", e.attempt}, {"when", text_of(utc(e.when))}, {"text", text_of(e.text)}});
  o["errors"] = std::move(errors);
  o["submitted"] = text_of(utc(t.submitted));
  o["due"] = time_of(t.due);
  o["started"] = time_of(t.started);
  o["ended"] = time_of(t.ended);
  return o;
}

json::object task_json(const task& t, const task_more& more) {
  auto o = task_json(t);
  o["args"] = text_of(more.args);
  o["value"] = text_of(more.value);
  o["because"] = text_of(more.why.text);
  o["node"] = more.node.empty() ? json::value(nullptr) : json::value(text_of(more.node));
  o["waits_for"] = blockers_of(more.why.waits_for);
  o["holds_back"] = blockers_of(more.why.holds_back);
  return o;
}

} // namespace stint::cli
