// P15: what does a process boundary cost? A client in this process, the list in another one, on loopback: no-op tasks a
// second in batches, and a message each with 64 answers outstanding; the time of one task there and back, beside one bare
// request of CAF's; all of it with and without TLS. Then 16 workers in two more processes with bodies of 10 ms.
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <thread>

#include <harness/child_process.hpp>
#include <harness/contest.hpp>
#include <harness/pipeline.hpp>
#include <harness/samples.hpp>
#include <harness/subject.hpp>

#include <stint/configure_nodes.hpp>
#include <stint/published.hpp>
#include <stint/remote_list.hpp>
#include <stint/worker_node.hpp>

namespace {

using namespace stint::bench;
using namespace std::chrono_literals;

constexpr std::size_t workers = 2;
constexpr auto body_time = 10ms;
constexpr std::uint32_t slots_of_a_node = 8;
constexpr std::size_t nodes = 2;

/// Certificates, made once a run by the program that users make theirs with.
const std::string& certificates() {
  static const std::string folder = [] {
    const auto dir = std::filesystem::temp_directory_path() / ("bench_nodes." + std::to_string(::getpid()));
    std::filesystem::remove_all(dir);
    need(std::system(("'" STINT_PROGRAM "' certs '" + dir.string() + "' >/dev/null").c_str()) == 0, "no certificates");
    return dir.string();
  }();
  return folder;
}

std::string folder_of(bool tls) { return tls ? certificates() : "-"; }

/// An actor system that may talk to other processes.
class far_host {
public:
  explicit far_host(const std::string& folder) : system_(prepared(folder)) {}
  [[nodiscard]] caf::actor_system& system() noexcept { return system_; }

private:
  caf::actor_system_config& prepared(const std::string& folder) {
    stint::configure(config_, folder == "-" ? stint::link_security::insecure() : stint::link_security::tls_folder(folder));
    stint::caf_shim::set_option(config_, "scheduler.max-threads", workers);
    return config_;
  }
  caf::actor_system_config config_;
  caf::actor_system system_;
};

/// Sends back what it gets: what CAF alone takes for a request.
class echo final : public stint::caf_shim::actor_base {
public:
  explicit echo(caf::actor_config& cfg) : actor_base(cfg) {}
  caf::behavior make_behavior() override {
    return {[](stint::envelope& e) { return std::move(e); }};
  }
};

// -- the other processes ----------------------------------------------------------------------------------------------

int serve_list(const std::string& folder, bool own_workers) {
  far_host at{folder};
  auto o = keep_all(workers);
  if (!own_workers) {
    o.only_nodes = true;
    o.kinds.add("slow", stint::body{[] { return stint::succeeded(good_code); }}); // known, not served here
  }
  stint::list tasks{at.system(), std::move(o)};
  stint::published here{at.system(), tasks.actor()};
  child_process::serve(std::to_string(here.port()));
  return 0;
}

int serve_echo(const std::string& folder) {
  far_host at{folder};
  auto mirror = at.system().spawn<echo>();
  const auto port = stint::caf_shim::listen(at.system(), mirror, 0, "127.0.0.1", folder != "-");
  child_process::serve(std::to_string(port ? *port : 0));
  caf::anon_send_exit(mirror, caf::exit_reason::user_shutdown);
  return 0;
}

int serve_node(const std::string& folder, std::uint16_t port) {
  far_host at{folder};
  stint::registry kinds;
  kinds.add("slow", stint::body{[] {
    std::this_thread::sleep_for(body_time);
    return stint::succeeded(good_code);
  }});
  stint::worker_node node{at.system(), {"127.0.0.1", port}, std::move(kinds), slots_of_a_node};
  child_process::serve("here");
  return 0;
}

// -- this process -----------------------------------------------------------------------------------------------------

std::uint16_t port_of(const child_process& c) { return static_cast<std::uint16_t>(std::stoi(c.said())); }

/// A list in another process, and a client of it.
struct far_list {
  explicit far_list(bool tls, bool own_workers = true)
      : folder(folder_of(tls)), owner({"--list", folder, own_workers ? "workers" : "nodes"}), at(folder),
        port(port_of(owner)),
        tasks(at.system(), stint::connect(at.system(), {"127.0.0.1", port})) {}
  std::string folder;
  child_process owner;
  far_host at;
  std::uint16_t port;
  stint::list tasks;
};

/// Submits in batches of 1,000 to a list wherever it is, with four of them on their way.
std::vector<double> run_batches(caf::actor_system& system, stint::list& tasks, std::size_t count) {
  constexpr std::size_t batch = 1'000;
  constexpr std::size_t on_their_way = 4;
  const stopwatch time;
  {
    pipeline line{system, tasks.actor()};
    for (std::size_t i = 0; i < count; i += batch) {
      std::vector<stint::submission> many;
      many.reserve(batch);
      while (many.size() < std::min(batch, count - i))
        many.push_back(noop(i + many.size() + 1, body_form::cooperative_kind));
      line.submit(std::move(many));
      line.wait_until(on_their_way - 1);
    }
    line.wait_until(0);
  }
  wait_for_all(tasks);
  const auto rate = static_cast<double>(count) / time.seconds();
  verify(tasks, count);
  return {rate};
}

std::vector<double> run_batches_far(std::size_t count, bool tls) {
  far_list far{tls};
  return run_batches(far.at.system(), far.tasks, count);
}

std::vector<double> run_batches_here(std::size_t count) {
  host at{workers};
  stint::list tasks{at.system(), keep_all(workers)};
  return run_batches(at.system(), tasks, count);
}

std::vector<double> run_singles(std::size_t count, bool tls) {
  constexpr std::size_t window = 64;
  far_list far{tls};
  const stopwatch time;
  {
    pipeline line{far.at.system(), far.tasks.actor()};
    for (std::size_t i = 1; i <= count; ++i) {
      line.submit(noop(i, body_form::cooperative_kind));
      line.wait_until(window - 1);
    }
    line.wait_until(0);
  }
  wait_for_all(far.tasks);
  const auto rate = static_cast<double>(count) / time.seconds();
  verify(far.tasks, count);
  return {rate};
}

/// Calls `one` so often; p50 and p99 in microseconds, without the first tenth.
template <class One>
std::vector<double> times(std::size_t count, One one) {
  std::vector<double> us;
  for (std::size_t i = 0; i < count + count / 10; ++i) {
    const stopwatch time;
    one(i + 1);
    if (i >= count / 10)
      us.push_back(time.ns() / 1e3);
  }
  return {percentile(us, 0.5), percentile(us, 0.99)};
}

std::vector<double> run_one(std::size_t count, bool tls) {
  far_list far{tls};
  return times(count, [&](std::size_t i) {
    const auto ended = far.tasks.run(noop(i, body_form::cooperative_kind).what);
    need(ended && ended->code == good_code, "lost its code");
  });
}

std::vector<double> submit_and_wait(std::size_t count, bool tls) {
  far_list far{tls};
  return times(count, [&](std::size_t i) {
    auto id = far.tasks.submit(noop(i, body_form::cooperative_kind).what);
    need(id.has_value(), "refused");
    const auto ended = far.tasks.wait(*id);
    need(ended && ended->code == good_code, "lost its code");
  });
}

std::vector<double> run_request(std::size_t count, bool tls) {
  const auto folder = folder_of(tls);
  const child_process mirror{{"--echo", folder}};
  far_host at{folder};
  auto there = stint::caf_shim::reach(at.system(), "127.0.0.1", port_of(mirror), tls);
  need(static_cast<bool>(there), "no echo");
  caf::scoped_actor self{at.system()};
  return times(count, [&](std::size_t i) {
    bool back = false;
    stint::caf_shim::ask(*self, *there, stint::envelope{1, static_cast<std::uint32_t>(i), "ping"})
      .receive([&](const stint::envelope& e) { back = e.frame == i; }, [](caf::error&) {});
    need(back, "the echo is silent");
  });
}

std::vector<double> run_slow_bodies(std::size_t count) {
  far_list far{true, false};
  std::vector<std::unique_ptr<child_process>> all;
  for (std::size_t i = 0; i < nodes; ++i)
    all.push_back(std::make_unique<child_process>(std::vector<std::string>{"--node", far.folder, std::to_string(far.port)}));
  for (auto c = far.tasks.counts(); !c || c->workers < nodes * slots_of_a_node; c = far.tasks.counts())
    std::this_thread::sleep_for(1ms);
  std::vector<stint::submission> what(count);
  for (std::size_t i = 0; i < count; ++i) {
    what[i].what.name = name_of(i + 1);
    what[i].what.kind = "slow";
  }
  const stopwatch time;
  need(far.tasks.submit(std::move(what)).has_value(), "refused");
  wait_for_all(far.tasks);
  const auto ideal = static_cast<double>(count) * std::chrono::duration<double>(body_time).count()
                     / static_cast<double>(nodes * slots_of_a_node);
  const auto part = ideal / time.seconds();
  verify(far.tasks, count);
  return {part};
}

void ask(program& run) {
  const auto many = run.size(1'000'000, 100'000, 2'000);
  contest batches{run, "P15", std::to_string(many) + " no-op tasks in batches of 1000, four on their way, to a list in another process",
                  {{"rate", "tasks/s"}}};
  batches.contestant("list elsewhere, plain", [many] { return run_batches_far(many, false); });
  batches.contestant("list elsewhere, TLS", [many] { return run_batches_far(many, true); });
  batches.contestant("list in this process", [many] { return run_batches_here(many); });
  batches.against("list in this process");
  batches.expect({.who = "list elsewhere, plain", .what = "rate", .value = 400'000});
  batches.expect({.who = "list elsewhere, TLS", .what = "rate", .rivals = {"list elsewhere, plain"}, .value = 0.75});
  batches.run();

  const auto singles = run.size(100'000, 20'000, 500);
  contest one_by_one{run, "P15", std::to_string(singles) + " tasks, a message each, 64 outstanding", {{"rate", "tasks/s"}}};
  one_by_one.contestant("list elsewhere, plain", [singles] { return run_singles(singles, false); });
  one_by_one.contestant("list elsewhere, TLS", [singles] { return run_singles(singles, true); });
  one_by_one.expect({.who = "list elsewhere, plain", .what = "rate", .value = 8'000});
  one_by_one.expect({.who = "list elsewhere, TLS", .what = "rate", .rivals = {"list elsewhere, plain"}, .value = 0.75});
  one_by_one.run();

  const auto trips = run.size(5'000, 1'000, 50);
  contest trip{run, "P15", "one task, submitted and waited for in one question or two, nothing else running",
               {{"p50", "us", false}, {"p99", "us", false}}};
  trip.contestant("list elsewhere, plain", [trips] { return run_one(trips, false); });
  trip.contestant("list elsewhere, TLS", [trips] { return run_one(trips, true); });
  trip.contestant("submit, then wait, plain", [trips] { return submit_and_wait(trips, false); });
  trip.contestant("bare request, plain", [trips] { return run_request(trips, false); });
  trip.contestant("bare request, TLS", [trips] { return run_request(trips, true); });
  trip.against("bare request, plain");
  trip.expect({.who = "list elsewhere, plain", .what = "p50", .rivals = {"bare request, plain"}, .value = 3});
  trip.expect({.who = "list elsewhere, TLS", .what = "p50", .rivals = {"bare request, TLS"}, .value = 3});
  trip.expect({.who = "submit, then wait, plain", .what = "p50", .rivals = {"bare request, plain"}, .value = 3});
  trip.run();

  const auto slow = run.size(16'000, 3'200, 64);
  contest scale{run, "P15", "16 workers in two processes, bodies of 10 ms, TLS", {{"of ideal", ""}}};
  scale.contestant("16 workers", [slow] { return run_slow_bodies(slow); });
  scale.expect({.who = "16 workers", .what = "of ideal", .value = 0.95});
  scale.run();
  std::filesystem::remove_all(certificates());
}

} // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> words(argv, argv + argc);
  if (words.size() == 4 && words[1] == "--list")
    return serve_list(words[2], words[3] == "workers");
  if (words.size() == 3 && words[1] == "--echo")
    return serve_echo(words[2]);
  if (words.size() == 4 && words[1] == "--node")
    return serve_node(words[2], static_cast<std::uint16_t>(std::stoi(words[3])));
  return run_program(argc, argv, "nodes", &ask);
}
