#include "requests.hpp"

#include "verification.hpp"

#include <chrono>
#include <filesystem>
#include <optional>

#include <boost/describe/class.hpp>

#include <stint/typed_kind.hpp>

namespace publisher {

BOOST_DESCRIBE_STRUCT(published, (), (packages, files, bytes, refused, stopped))

namespace {

reporter reporter_of(stint::context& job) {
  return {
    [&job](std::string_view text) { job.print(text); },
    // Once for each package: the library passes on what a reader can follow.
    [&job](std::uint64_t done, std::uint64_t total) { job.progress(done, total); },
    [stop = job.stop_token()] { return stop.stop_requested(); },
  };
}

/// Above it, a publish claims all of `repo` instead of each: a task has so many claims, and one is for what it writes.
const std::size_t repos_named = stint::limits{}.claims - 1;

stint::outcome read(repository& repo, stint::context& job) {
  if (repo.read) // for a task of the process before
    return stint::succeeded();
  repo.tried = true;
  job.print("reading " + repo.source.path.string() + "\n");
  auto text = read_index(repo.source.path);
  if (!text)
    return stint::failed(text.error().text);
  job.print(std::to_string(text->size()) + " bytes\n");
  repo.text = std::move(*text);
  repo.read = true;
  return stint::succeeded();
}

/// Between two looks of a publish whether its indexes are read by now; meanwhile it holds no claim.
constexpr auto before_next_look = std::chrono::milliseconds{50};

constexpr const char* read_kind = "read";
constexpr const char* publish_kind = "publish";
constexpr const char* clean_up_kind = "clean up";

} // namespace

struct read_args {
  std::string repo;
};
BOOST_DESCRIBE_STRUCT(read_args, (), (repo))

struct publish_args {
  std::string out; ///< absolute: the next process may be started elsewhere
  std::string prefix;
  std::uint32_t number = 0; ///< of the distribution
  std::uint32_t distributions = 0;
  std::uint32_t round = 0;
  std::vector<std::string> repos; ///< that it claims; none: all
};
BOOST_DESCRIBE_STRUCT(publish_args, (), (out, prefix, number, distributions, round, repos))

struct clean_up_args {
  std::string out;
};
BOOST_DESCRIBE_STRUCT(clean_up_args, (), (out))

desk::desk(const settings& with) : with_(with) {
  for (auto& source : describe_indexes(with.indexes))
    repositories_.push_back({std::move(source), {}});
  prepare_reader();
}

repository* desk::find(const std::string& name) {
  for (auto& repo : repositories_)
    if (repo.source.repo == name)
      return &repo;
  return nullptr;
}

void desk::add_kinds(stint::registry& to) {
  stint::json::add_kind<read_args>(to, read_kind, [this](stint::context& job, const read_args& args) {
    auto* repo = find(args.repo);
    return repo != nullptr ? read(*repo, job) : stint::discarded(args.repo + " is no index of this run");
  });
  stint::json::add_kind<publish_args>(to, publish_kind, [this](stint::context& job, const publish_args& args) {
    return publish_one(job, args);
  });
  stint::json::add_kind<clean_up_args>(to, clean_up_kind, [](stint::context& job, const clean_up_args& args) {
    auto removed = clean_up(args.out, reporter_of(job));
    return removed ? stint::succeeded(0, std::to_string(*removed)) : stint::failed(removed.error().text);
  });
}

stint::outcome desk::publish_one(stint::context& job, const publish_args& args) {
  std::vector<const repository*> from;
  const auto take = [&](const std::string& name, const repository* repo) -> std::optional<stint::outcome> {
    if (repo == nullptr)
      return stint::discarded(name + " is no index of this run");
    if (!repo->tried)
      return stint::snoozed(before_next_look);
    if (!repo->read)
      return stint::discarded(name + " was not read; the files are as they were before");
    from.push_back(repo);
    return std::nullopt;
  };
  for (const auto& name : args.repos)
    if (auto end = take(name, find(name)))
      return *end;
  if (args.repos.empty())
    for (const auto& repo : repositories_)
      if (auto end = take(repo.source.repo, &repo))
        return *end;

  publication what{args.out, args.prefix, distribution_name(args.number), {}, std::chrono::system_clock::now()};
  what.which = {args.number, args.distributions, args.round};
  auto done = publish(what, from, reporter_of(job));
  if (!done)
    return stint::failed(done.error().text);
  if (done->stopped)
    return stint::cancelled("asked to stop; the files are as they were before");
  return stint::succeeded(0, stint::json::to_args(*done));
}

stint::result<stint::unit_t> desk::submit_reads(stint::list& tasks) {
  for (auto& repo : repositories_) {
    auto what = stint::json::spec_of(read_kind, "read " + repo.source.repo, read_args{repo.source.repo});
    what.claims = {stint::exclusive(stint::key{"repo", repo.source.repo})};
    what.tags = {"read"};
    if (auto id = tasks.submit(what, {}); !id)
      return id.error();
  }
  return stint::unit;
}

stint::result<stint::unit_t> desk::read_all() {
  for (auto& repo : repositories_) {
    auto text = read_index(repo.source.path);
    if (!text)
      return text.error();
    repo.text = std::move(*text);
    repo.tried = repo.read = true;
  }
  return stint::unit;
}

stint::result<stint::task_id> desk::submit_publish(stint::list& tasks, std::uint32_t number) {
  publish_args args{std::filesystem::absolute(with_.out).string(), with_.prefix, number % with_.distributions,
                    with_.distributions, number / with_.distributions, {}};
  const auto distribution = distribution_name(args.number);
  const auto claimed = stint::exclusive(stint::key{"publish", args.prefix, distribution});
  std::vector<stint::claim> claims{claimed};
  if (repositories_.size() > repos_named) {
    claims.push_back(stint::shared(stint::key{"repo"})); // excludes whoever wants one below it exclusively
  } else {
    for (const auto& repo : repositories_) {
      claims.push_back(stint::shared(stint::key{"repo", repo.source.repo}));
      args.repos.push_back(repo.source.repo);
    }
  }
  auto what = stint::json::spec_of(publish_kind, "publish " + distribution, args);
  what.claims = std::move(claims);
  what.tags = {"publish"};
  what.idempotency_key = claimed.key + "/" + std::to_string(args.round);
  return tasks.submit(what, {});
}

stint::result<stint::task_id> desk::submit_clean_up(stint::list& tasks, std::uint32_t after) {
  auto what = stint::json::spec_of(clean_up_kind, "clean up", clean_up_args{std::filesystem::absolute(with_.out).string()});
  what.claims = {stint::exclusive(stint::key{})};
  what.tags = {"clean up"};
  what.idempotency_key = "clean up/" + std::to_string(after);
  return tasks.submit(what, {});
}

stint::result<stint::unit_t> release_kept(stint::list& tasks) {
  stint::page_request ask;
  ask.filter.states = {stint::state::quarantined};
  do {
    const auto page = tasks.page(ask);
    if (!page)
      return page.error();
    for (const auto& t : page->tasks)
      if (auto ok = tasks.release(t.id); !ok)
        return ok.error();
    ask.cursor = page->next;
  } while (ask.cursor != 0);
  return stint::unit;
}

stint::result<published> published_by(const stint::list& tasks, stint::task_id id) {
  auto value = tasks.value(id);
  if (!value)
    return value.error();
  return stint::json::args_as<published>(*value);
}

} // namespace publisher
