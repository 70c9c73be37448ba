#include "summary.hpp"

#include "requests.hpp"
#include "verification.hpp"

#include <algorithm>
#include <cstdio>

#include <shown_text.hpp>

namespace publisher {

namespace {

constexpr std::size_t failures_shown = 20;

struct sums {
  std::uint64_t tasks = 0, publishes = 0, cleanings = 0, reads = 0, succeeded = 0, removed = 0, waited = 0, failed = 0,
                earlier = 0;
  stint::nanos longest_wait{0};
  published all{};
  std::vector<stint::task> others;
};

void add(const stint::list& tasks, const stint::task& t, const run_figures& run, sums& s) {
  const auto is = [&t](const char* tag) { return std::find(t.tags.begin(), t.tags.end(), tag) != t.tags.end(); };
  ++s.tasks;
  s.publishes += is("publish");
  s.cleanings += is("clean up");
  s.reads += is("read");
  if (t.started && *t.started >= run.began) {
    const auto wait = *t.started - t.submitted;
    s.waited += wait > std::chrono::milliseconds{10};
    s.longest_wait = std::max(s.longest_wait, wait);
  }
  if (t.state != stint::state::succeeded) {
    // After Ctrl-C thousands are cancelled, and nothing is to be said of them.
    if (t.state != stint::state::cancelled && ++s.failed <= failures_shown)
      s.others.push_back(t);
    return;
  }
  ++s.succeeded;
  if (t.ended < run.began) {
    ++s.earlier;
    return;
  }
  if (is("publish")) {
    if (const auto p = published_by(tasks, t.id)) {
      s.all.packages += p->packages;
      s.all.bytes += p->bytes;
      s.all.files += p->files;
      s.all.refused += p->refused;
    }
  } else if (is("clean up")) {
    if (const auto n = tasks.value(t.id))
      s.removed += std::strtoull(n->c_str(), nullptr, 10);
  }
}

template <class F>
void each_task(const stint::list& tasks, F f) {
  stint::page_request ask;
  ask.order = stint::page_order::oldest_first;
  ask.limit = 1000;
  do {
    const auto page = tasks.page(ask);
    if (!page)
      return;
    for (const auto& t : page->tasks)
      f(t);
    ask.cursor = page->next;
  } while (ask.cursor != 0);
}

void show_output(const stint::list& tasks, const stint::task& t, std::ostream& out) {
  out << "-- " << t.id << " " << stint::harmless(t.name) << ": " << to_string(t.state) << (t.error.empty() ? "" : ": ")
      << stint::harmless(t.error) << "\n";
  const auto piece = tasks.output(t.id);
  if (!piece)
    return;
  std::string_view text = piece->text;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    out << "   " << stint::harmless(text.substr(0, end)) << "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

template <class... Args>
std::string format(const char* with, Args... args) {
  char text[320];
  std::snprintf(text, sizeof text, with, args...);
  return text;
}

using many = unsigned long long;
constexpr double megabyte = 1e6;

} // namespace

bool summarize(const stint::list& tasks, const run_figures& run, const settings& with, std::ostream& out) {
  sums s;
  each_task(tasks, [&](const stint::task& t) {
    add(tasks, t, run, s);
    if (with.show_output)
      show_output(tasks, t, out);
  });
  if (!with.show_output)
    for (const auto& t : s.others)
      show_output(tasks, t, out);
  if (!with.show_output && s.failed > s.others.size())
    out << "-- and " << s.failed - s.others.size() << " more that failed\n";

  const auto seconds = std::max(1e-3, std::chrono::duration<double>(run.elapsed).count());
  out << format("tasks       %llu in %.2f s, %.1f tasks/s: %llu reads, %llu publishes, %llu clean-ups; %llu succeeded, "
                "%llu did not\n",
                many{s.tasks}, seconds, static_cast<double>(s.tasks - s.earlier) / seconds, many{s.reads}, many{s.publishes},
                many{s.cleanings}, many{s.succeeded}, many{s.tasks - s.succeeded});
  if (s.earlier != 0)
    out << format("earlier     %llu of them had succeeded in an earlier run; what follows is of this one\n", many{s.earlier});
  out << format("published   %llu packages, %.0f packages/s; %llu files, %.1f MB, %.1f MB/s\n", many{s.all.packages},
                static_cast<double>(s.all.packages) / seconds, many{s.all.files},
                static_cast<double>(s.all.bytes) / megabyte, static_cast<double>(s.all.bytes) / megabyte / seconds);
  out << format("waits       %llu tasks waited, the longest %.2f s; %llu were seen waiting for others' claims\n",
                many{s.waited}, std::chrono::duration<double>(s.longest_wait).count(), many{run.seen_waiting});
  if (s.removed != 0 || s.all.refused != 0)
    out << format("left out    %llu unusable stanzas; %llu leftovers removed\n", many{s.all.refused}, many{s.removed});
  return s.succeeded == s.tasks;
}

bool verify(const settings& with, bool run, std::ostream& out) {
  verdict v;
  const auto folders = find_distributions(with.out);
  for (const auto& folder : folders)
    verify_distribution(folder, v);
  if (folders.empty())
    v.faults.push_back(with.out.string() + ": nothing is published here");
  for (std::uint32_t i = 0; run && i < std::min(with.distributions, with.requests); ++i)
    if (const auto folder = folder_of(with.out, with.prefix, distribution_name(i));
        std::find(folders.begin(), folders.end(), folder) == folders.end())
      v.faults.push_back(folder.string() + ": was not published");
  for (const auto& fault : v.faults)
    out << "fault       " << stint::harmless(fault) << "\n";
  out << format("verified    %llu distributions, %llu files, %llu packages, %.1f MB: ", many{v.distributions},
                many{v.files}, many{v.packages}, static_cast<double>(v.bytes) / megabyte);
  if (v.faults.empty())
    out << "every file is whole\n";
  else
    out << v.faults.size() << " faults\n";
  return v.faults.empty();
}

} // namespace publisher
