#include <iostream>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

#include "asked.hpp"
#include "duration.hpp"
#include "serve.hpp"
#include "shown_text.hpp"

namespace stint::cli {

namespace {

const char* role_of(const peer_info& p) { return p.role == peer_role::node ? "node" : "client"; }

std::string json_line(const peer_info& p) {
  namespace json = boost::json;
  auto text = [](const std::string& t) { return json::string{t.data(), t.size()}; };
  json::object o;
  o["name"] = text(p.name);
  o["role"] = role_of(p);
  o["linked"] = p.linked;
  o["slots"] = p.slots;
  o["silent_ms"] = std::chrono::duration_cast<std::chrono::milliseconds>(p.silent).count();
  json::array kinds;
  for (const auto& k : p.kinds)
    kinds.push_back(text(k));
  o["kinds"] = std::move(kinds);
  json::array labels;
  for (const auto& l : p.labels)
    labels.push_back(text(l));
  o["labels"] = std::move(labels);
  json::array running;
  for (const auto& r : p.running)
    running.push_back(json::object{{"id", r.id}, {"attempt", r.attempt}});
  o["running"] = std::move(running);
  return json::serialize(o);
}

std::string json_line(const refused_peers& r) {
  namespace json = boost::json;
  json::object o;
  o["refused"] = json::string{r.cause.data(), r.cause.size()};
  o["times"] = r.times;
  return json::serialize(o);
}

std::string labels_of(const peer_info& p) {
  std::string all;
  for (const auto& l : p.labels)
    all += (all.empty() ? "" : " ") + harmless(l);
  return all;
}

void show(const node_list& all) {
  std::size_t width = 4;
  std::size_t label_width = 6;
  for (const auto& p : all.peers) {
    width = std::max(width, shown_width(harmless(p.name)));
    label_width = std::max(label_width, shown_width(labels_of(p)));
  }
  auto line = [&](const std::string& name, const std::string& role, const std::string& slots, const std::string& heard,
                  const std::string& labels, const std::string& running) {
    std::cout << fit_to(name, width) << "  " << fit_to(role, 6) << "  " << fit_to(slots, 5) << "  " << fit_to(heard, 14)
              << "  " << fit_to(labels, label_width) << "  " << running << "\n";
  };
  line("name", "role", "slots", "heard", "labels", "runs tasks");
  for (const auto& p : all.peers) {
    std::string running;
    for (const auto& r : p.running)
      running += (running.empty() ? "" : " ") + std::to_string(r.id);
    line(harmless(p.name), role_of(p), p.slots == 0 ? "" : std::to_string(p.slots),
         p.linked ? shown(p.silent) + " ago" : "link lost", labels_of(p), running);
  }
  for (const auto& r : all.refused)
    std::cout << "refused " << r.times << (r.times == 1 ? " time: " : " times: ") << harmless(r.cause) << "\n";
}

} // namespace

int show_nodes(const nodes_options& with) {
  return ask_list(with.link, [&](list& tasks) -> result<unit_t> {
    const auto all = tasks.nodes();
    if (!all)
      return all.error();
    if (with.json) {
      for (const auto& p : all->peers)
        std::cout << json_line(p) << "\n";
      for (const auto& r : all->refused)
        std::cout << json_line(r) << "\n";
    } else {
      show(*all);
    }
    return unit;
  });
}

} // namespace stint::cli
