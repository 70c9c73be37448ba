#include <harness/report.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <fstream>

#include <harness/facts.hpp>
#include <harness/samples.hpp>

namespace stint::bench {

namespace {

std::string quoted(const std::string& text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      out += '\\';
    if (static_cast<unsigned char>(c) >= 0x20)
      out += c;
  }
  return out + '"';
}

std::string number(double value) {
  if (!std::isfinite(value))
    return "null";
  char text[40];
  std::snprintf(text, sizeof text, "%.8g", value);
  return text;
}

const char* word_of(contest::verdict::kind k) {
  return k == contest::verdict::kind::met ? "met" : k == contest::verdict::kind::missed ? "missed" : "not applicable";
}

std::string list_of(const std::vector<std::string>& names) {
  std::string out;
  for (const auto& n : names)
    out += (out.empty() ? "" : " or ") + n;
  return out;
}

bool more_is_better(const contest& r, const bar& b) {
  for (const auto& f : r.figures())
    if (f.name == b.what)
      return f.more_is_better;
  return true;
}

void print_bar(const contest& r, const bar& b, program& run) {
  const auto v = r.judge(b);
  const bool more = more_is_better(r, b);
  const auto limit = b.rivals.empty() ? short_number(b.value) : short_number(b.value) + " x " + list_of(b.rivals);
  std::string said = word_of(v.how);
  if (v.how == contest::verdict::kind::missed) {
    char by[32];
    std::snprintf(by, sizeof by, " by %.0f %%", v.by * 100);
    said += by;
    if (v.by > 0.2 && !b.wish)
      run.missed(r.question() + ": " + b.who + ", " + b.what + " " + (more ? ">= " : "<= ") + limit + ", is "
                 + short_number(v.value));
  } else if (v.stretched) {
    said += ", and its stretch";
  }
  if (v.how == contest::verdict::kind::not_applicable)
    std::printf("  %s: %s, %s %s %s: %s\n", b.wish ? "stretch" : "bar", b.who.c_str(), b.what.c_str(),
                more ? ">=" : "<=", limit.c_str(), said.c_str());
  else
    std::printf("  %s: %s, %s %s %s: %s, %s%s%s\n", b.wish ? "stretch" : "bar", b.who.c_str(), b.what.c_str(),
                more ? ">=" : "<=", limit.c_str(), short_number(v.value).c_str(), said.c_str(),
                v.rival.empty() ? "" : ", best was ", v.rival.c_str());
}

std::string bars_json(const contest& r, const standing& s, const figure& f) {
  std::string out;
  for (const auto& b : r.bars()) {
    if (b.who != s.name || b.what != f.name)
      continue;
    const auto v = r.judge(b);
    std::string rivals;
    for (const auto& name : b.rivals)
      rivals += (rivals.empty() ? "" : ",") + quoted(name);
    out += (out.empty() ? "{" : ",{");
    out += "\"" + std::string{f.more_is_better ? "at_least" : "at_most"} + "\":" + number(b.value);
    out += ",\"rivals\":[" + rivals + "],\"value\":" + number(v.value) + ",\"verdict\":" + quoted(word_of(v.how));
    if (b.wish)
      out += ",\"wish\":true";
    if (b.stretch)
      out += ",\"stretch\":" + number(*b.stretch);
    out += "}";
  }
  return "[" + out + "]";
}

} // namespace

std::string short_number(double value) {
  if (!std::isfinite(value))
    return "-";
  char text[40];
  const auto size = std::fabs(value);
  if (size >= 1e9)
    std::snprintf(text, sizeof text, "%.4gG", value / 1e9);
  else if (size >= 1e6)
    std::snprintf(text, sizeof text, "%.4gM", value / 1e6);
  else if (size >= 1e4)
    std::snprintf(text, sizeof text, "%.4gk", value / 1e3);
  else
    std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

void print_contest(const contest& r, program& run) {
  std::printf("\n%s %s; %zu rounds\n", r.question().c_str(), r.title().c_str(), r.rounds());
  std::size_t width = 24;
  for (const auto& s : r.standings())
    width = std::max(width, s.name.size());
  for (std::size_t f = 0; f < r.figures().size(); ++f) {
    const auto& fig = r.figures()[f];
    const auto unit = fig.name + ", " + fig.unit;
    std::printf("  %-*s  %14s  %21s  ratio to %s\n", static_cast<int>(width), "", unit.c_str(), "min .. max",
                r.reference().c_str());
    for (const auto& s : r.standings()) {
      const auto values = s.values(f);
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      const auto spread = short_number(*low) + " .. " + short_number(*high);
      const auto ratio = r.ratio(s, r.reference(), f);
      std::printf("  %-*s  %14s  %21s  %s\n", static_cast<int>(width), s.name.c_str(),
                  short_number(median(values)).c_str(), spread.c_str(), ratio ? short_number(*ratio).c_str() : "-");
    }
  }
  for (const auto& b : r.bars())
    print_bar(r, b, run);
  std::fflush(stdout);
}

void write_contest(const contest& r, const program& run) {
  if (run.json().empty())
    return;
  std::ofstream out{run.json(), std::ios::app};
  need(out.good(), "cannot write " + run.json());
  const auto& facts = machine_facts();
  for (std::size_t f = 0; f < r.figures().size(); ++f)
    for (const auto& s : r.standings()) {
      const auto& fig = r.figures()[f];
      const auto values = s.values(f);
      const auto [low, high] = std::minmax_element(values.begin(), values.end());
      const auto ratio = r.ratio(s, r.reference(), f);
      std::string list;
      for (auto v : values)
        list += (list.empty() ? "" : ",") + number(v);
      out << "{\"question\":" << quoted(r.question()) << ",\"program\":" << quoted(run.name())
          << ",\"title\":" << quoted(r.title()) << ",\"contestant\":" << quoted(s.name)
          << ",\"figure\":" << quoted(fig.name) << ",\"unit\":" << quoted(fig.unit) << ",\"values\":[" << list
          << "],\"median\":" << number(median(values)) << ",\"min\":" << number(*low) << ",\"max\":" << number(*high)
          << ",\"reference\":" << quoted(r.reference()) << ",\"ratio\":" << (ratio ? number(*ratio) : "null")
          << ",\"bars\":" << bars_json(r, s, fig) << ",\"commit\":" << quoted(facts.commit)
          << ",\"compiler\":" << quoted(facts.compiler) << ",\"cpu\":" << quoted(facts.cpu)
          << ",\"cores\":" << facts.cores << ",\"caf\":" << quoted(facts.caf) << "}\n";
    }
  need(out.good(), "cannot write " + run.json());
}

} // namespace stint::bench
