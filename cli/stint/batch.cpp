#include "batch.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <deque>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <system_error>
#include <utility>

#include <poll.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <caf/actor_system_config.hpp>
#include <stint/command_kind.hpp>
#include <stint/stint.hpp>

#include "batch_file.hpp"
#include "batch_screen.hpp"
#include "board.hpp"
#include "news.hpp"
#include "output_folder.hpp"
#include "shown_text.hpp"

namespace stint::cli {

namespace {

constexpr int bad_input = 2;
constexpr std::size_t tails_shown = 20, tail_lines = 10, tail_bytes = 4096;
constexpr std::size_t notes_at_once = 50; ///< waiting tasks that are explained per look

/// Says what is wrong with the input; nothing has run.
int refuse(const batch_options& options, const std::vector<line_error>& wrong) {
  constexpr std::size_t most = 20;
  const auto file = options.file == "-" ? std::string{"standard input"} : options.file;
  for (std::size_t i = 0; i < std::min(most, wrong.size()); ++i) {
    const auto& w = wrong[i];
    std::cerr << "stint: " << harmless(file) << (w.line != 0 ? ":" + std::to_string(w.line) : "") << ": " << w.reason << ": "
              << harmless_lines(w.text) << "\n";
  }
  if (wrong.size() > most)
    std::cerr << "stint: and " << wrong.size() - most << " more\n";
  std::cerr << "stint: nothing was run" << std::endl;
  return bad_input;
}

/// The last line that each running task has printed, for the table.
class last_lines {
public:
  void put(task_id id, std::string_view text) {
    text.remove_suffix(text.ends_with('\n') ? 1 : 0);
    if (const auto newline = text.rfind('\n'); newline != std::string_view::npos)
      text.remove_prefix(newline + 1);
    std::lock_guard guard{mutex_};
    lines_[id] = text.substr(0, 500);
  }
  std::map<task_id, std::string> take() {
    std::lock_guard guard{mutex_};
    return std::exchange(lines_, {});
  }

private:
  std::mutex mutex_;
  std::map<task_id, std::string> lines_;
};

class batch {
public:
  batch(const batch_options& options, batch_file file, capacities counted, signals& heard)
    : options_(options), file_(std::move(file)), counted_(std::move(counted)), heard_(heard),
      screen_(std::cout, std::cerr, STDOUT_FILENO, options.json), board_(file_.tasks.size()) {
    if (!options.no_output)
      folder_.emplace(options.output_dir);
  }

  int run() {
    if (folder_)
      if (auto ok = folder_->prepare(); !ok) {
        std::cerr << "stint: " << ok.error().text << "\nstint: nothing was run; see --output-dir and --no-output"
                  << std::endl;
        return bad_input;
      }
    caf::actor_system_config cfg;
    stint::configure(cfg);
    // The list is one actor and the work is done by other processes.
    caf_shim::set_option(cfg, "scheduler.max-threads", std::size_t{2});
    caf::actor_system system{cfg};
    list tasks{system, setup()};
    auto ears = tasks.subscribe(listener_for_all());
    if (!ears)
      return cannot(ears.error());
    if (auto ok = tasks.submit(submissions()); !ok)
      return cannot(ok.error());
    follow(tasks);
    screen_.finish(board_, failures_, more_failures_, folder_ ? folder_->kept() : std::string{});
    if (folder_ && !folder_->trouble().empty()) {
      screen_.say(folder_->trouble());
      return ended_by_ != 0 ? 128 + ended_by_ : 1;
    }
    if (ended_by_ != 0)
      return 128 + ended_by_;
    return board_.all_succeeded() && !screen_.broken() ? 0 : 1;
  }

private:
  static int cannot(const error& e) {
    std::cerr << "stint: " << to_string(e) << std::endl;
    return bad_input;
  }

  stint::options setup() {
    stint::options o;
    o.workers = options_.workers;
    o.capacities = counted_;
    // All of the file in one message, all or nothing; and what has ended is kept until the end.
    o.limits.pending = std::max(o.limits.pending, file_.tasks.size());
    o.limits.batch = std::max(o.limits.batch, file_.tasks.size());
    o.limits.finished = keep_all;
    o.log = [this](log_level, const std::string& words) { news_.put(words); };
    command_options c;
    c.policy.kill_now = kill_.get_token();
    c.heard = [this](const context& job, std::string_view text) {
      if (folder_)
        folder_->write(job.id(), job.name(), job.attempt(), text);
      if (screen_.how() == batch_screen::style::table)
        lines_.put(job.id(), text);
    };
    add_command(o.kinds, std::move(c));
    return o;
  }

  listener listener_for_all() {
    listener l;
    l.events = [this](const event_batch& b) {
      for (const auto& e : b.events)
        news_.put(e);
    };
    // The first snapshot has nothing that events don't tell; one after a reset has.
    auto missed = std::make_shared<bool>(false);
    l.reset = [missed](const std::string&) { *missed = true; };
    l.snapshot = [this, missed](const std::vector<task>& some) {
      if (*missed)
        for (const auto& t : some)
          news_.put(t);
    };
    l.snapshot_end = [missed](task_version) { *missed = false; };
    return l;
  }

  std::vector<submission> submissions() {
    std::vector<submission> all;
    all.reserve(file_.tasks.size());
    for (auto& s : file_.tasks)
      all.push_back({std::move(s), {}});
    file_.tasks.clear();
    return all;
  }

  /// Until every task has settled: events, signals, and on a terminal ten pictures a second.
  void follow(list& tasks) {
    const bool table = screen_.how() == batch_screen::style::table;
    const int tick = ::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
    const itimerspec often{{0, 100'000'000}, {0, 100'000'000}};
    ::timerfd_settime(tick, 0, &often, nullptr);
    while (!board_.over()) {
      pollfd all[] = {
        {heard_.descriptor(), POLLIN, 0}, {news_.descriptor(), POLLIN, 0}, {table ? tick : -1, POLLIN, 0}};
      if (::poll(all, std::size(all), -1) < 0)
        continue;
      if (all[0].revents != 0)
        while (const int s = heard_.next())
          obey(s, tasks);
      if (all[1].revents != 0)
        learn(tasks);
      std::uint64_t ticks = 0;
      if (table ? ::read(tick, &ticks, sizeof ticks) > 0 : all[1].revents != 0)
        show(tasks);
    }
    ::close(tick);
    show(tasks);
  }

  void obey(int signal, list& tasks) {
    if (signal == SIGWINCH)
      return; // the next picture asks for the size anyway
    const bool again = ended_by_ != 0;
    if (!again) {
      ended_by_ = signal;
      (void)tasks.cancel_matching({});
    }
    if (again || signal == SIGQUIT)
      kill_.request_stop();
    screen_.say(kill_.stop_requested() ? "killing what still runs" : "stopping; once more to kill what still runs");
  }

  void learn(list& tasks) {
    for (auto& item : news_.take()) {
      if (auto* words = std::get_if<std::string>(&item)) {
        screen_.say(*words);
        continue;
      }
      const auto* record = std::get_if<task>(&item);
      const auto e = record != nullptr ? board_.catch_up(*record) : std::get<event>(item);
      if (!board_.apply(e))
        continue;
      screen_.tell(e, record != nullptr);
      if (folder_ && (settled(e.to) || e.to == state::scheduled))
        folder_->close(e.id, e.name);
      if (e.to == state::failed)
        keep_last_words(e, tasks);
    }
  }

  void keep_last_words(const event& e, list& tasks) {
    if (failures_.size() >= tails_shown) {
      ++more_failures_;
      return;
    }
    last_words words{e.id, e.name, e.error, {}, true};
    if (auto all = tasks.output(e.id, 0, 1); all && all->total != 0) {
      const auto from = all->total > tail_bytes ? all->total - tail_bytes : 0;
      if (auto piece = tasks.output(e.id, from, tail_bytes)) {
        words.text = tail_of(piece->text, tail_lines);
        const auto newlines = std::count(piece->text.begin(), piece->text.end(), '\n');
        words.beginning = from == 0 && static_cast<std::size_t>(newlines) <= tail_lines;
      }
    }
    failures_.push_back(std::move(words));
  }

  void show(list& tasks) {
    if (screen_.how() == batch_screen::style::table)
      draw(tasks);
    else
      tell(tasks);
  }

  /// Finds out why a task waits; false: there is nothing worth a line about it.
  bool explain(task_id id, list& tasks) {
    auto& row = board_.row(id);
    const auto why = tasks.explain(id);
    if (!why || why->state != state::waiting || row.state != state::waiting)
      return false;
    row.note = waiting_note(*why);
    return why->reason == wait_reason::claims;
  }

  void draw(list& tasks) {
    std::size_t n = 0;
    for (auto id : board_.waiting()) {
      if (++n > screen_.lines())
        break; // the others find no place anyway
      explain(id, tasks);
    }
    for (auto& [id, line] : lines_.take())
      if (running(board_.row(id).state))
        board_.row(id).progress.text = line;
    screen_.draw(board_, ended_by_ != 0 ? "stopping" : "Ctrl-C stops");
  }

  void tell(list& tasks) {
    std::vector<table_row> rows;
    if (screen_.how() == batch_screen::style::plain) {
      std::size_t explained = 0;
      for (auto id : board_.take_changed()) {
        // Only who waits for somebody is worth a line, and only so many: thousands would hide what happens.
        if (board_.row(id).state == state::waiting && (++explained > notes_at_once || !explain(id, tasks)))
          continue;
        rows.push_back(board_.row(id));
      }
    }
    screen_.tell(rows, board_.elapsed());
  }

  const batch_options& options_;
  batch_file file_;
  capacities counted_;
  signals& heard_;
  std::stop_source kill_;
  std::optional<output_folder> folder_;
  news news_;
  last_lines lines_;
  batch_screen screen_;
  board board_;
  std::deque<last_words> failures_;
  std::size_t more_failures_ = 0;
  int ended_by_ = 0;
};

} // namespace

int run_batch(const batch_options& options, signals& heard) {
  capacities counted;
  std::vector<line_error> wrong;
  for (const auto& text : options.capacities) {
    auto c = read_capacity(text);
    if (auto* w = std::get_if<line_error>(&c))
      wrong.push_back(std::move(*w));
    else
      counted.push_back(std::move(std::get<0>(c)));
  }
  std::ifstream named;
  if (options.file != "-") {
    named.open(options.file, std::ios::binary);
    std::error_code ec;
    if (!named)
      wrong.push_back({0, "unreadable", std::generic_category().message(errno)});
    else if (std::filesystem::is_directory(options.file, ec))
      wrong.push_back({0, "unreadable", "it is a folder"}); // which opens, and fails only when it is read
  }
  if (!wrong.empty())
    return refuse(options, wrong);
  auto file = read_batch(options.file == "-" ? std::cin : named, counted);
  if (!file.wrong.empty())
    return refuse(options, file.wrong);
  return batch{options, std::move(file), std::move(counted), heard}.run();
}

} // namespace stint::cli
