#include "requests.hpp"

#include "verification.hpp"

#include <chrono>

#include <boost/describe/class.hpp>

#include <stint/typed_args.hpp>

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
constexpr std::size_t repos_named = stint::limits{}.claims - 1;

stint::outcome read(repository& repo, stint::context& job) {
  job.print("reading " + repo.source.path.string() + "\n");
  auto text = read_index(repo.source.path);
  if (!text)
    return stint::failed(text.error().text);
  job.print(std::to_string(text->size()) + " bytes\n");
  repo.text = std::move(*text);
  repo.read = true;
  return stint::succeeded();
}

} // namespace

desk::desk(const settings& with) : with_(with) {
  for (auto& source : describe_indexes(with.indexes))
    repositories_.push_back({std::move(source), {}, false});
  prepare_reader();
}

stint::result<stint::unit_t> desk::submit_reads(stint::list& tasks) {
  for (auto& repo : repositories_) {
    stint::spec what;
    what.name = "read " + repo.source.repo;
    what.claims = {stint::exclusive(stint::key{"repo", repo.source.repo})};
    what.tags = {"read"};
    auto id = tasks.submit(what, [&repo](stint::context& job) { return read(repo, job); });
    if (!id)
      return id.error();
  }
  return stint::unit;
}

stint::result<stint::task_id> desk::submit_publish(stint::list& tasks, std::uint32_t number) {
  publication job_for{with_.out, with_.prefix, distribution_name(number % with_.distributions), {}, {}};
  job_for.which = {number % with_.distributions, with_.distributions, number / with_.distributions};

  stint::spec what;
  what.name = "publish " + job_for.distribution;
  what.claims = {stint::exclusive(stint::key{"publish", job_for.prefix, job_for.distribution})};
  if (repositories_.size() > repos_named)
    what.claims.push_back(stint::shared(stint::key{"repo"})); // excludes whoever wants one below it exclusively
  else
    for (const auto& repo : repositories_)
      what.claims.push_back(stint::shared(stint::key{"repo", repo.source.repo}));
  what.tags = {"publish"};

  return tasks.submit(what, [this, job_for](stint::context& job) mutable -> stint::outcome {
    std::vector<const repository*> from;
    for (const auto& repo : repositories_) {
      if (!repo.read)
        return stint::discarded(repo.source.repo + " was not read; the files are as they were before");
      from.push_back(&repo);
    }
    job_for.when = std::chrono::system_clock::now();
    auto done = publish(job_for, from, reporter_of(job));
    if (!done)
      return stint::failed(done.error().text);
    if (done->stopped)
      return stint::cancelled("asked to stop; the files are as they were before");
    return stint::succeeded(0, stint::json::to_args(*done));
  });
}

stint::result<stint::task_id> desk::submit_clean_up(stint::list& tasks) {
  stint::spec what;
  what.name = "clean up";
  what.claims = {stint::exclusive(stint::key{})};
  what.tags = {"clean up"};
  return tasks.submit(what, [this](stint::context& job) -> stint::outcome {
    auto removed = clean_up(with_.out, reporter_of(job));
    if (!removed)
      return stint::failed(removed.error().text);
    return stint::succeeded(0, std::to_string(*removed));
  });
}

stint::result<published> published_by(const stint::list& tasks, stint::task_id id) {
  auto value = tasks.value(id);
  if (!value)
    return value.error();
  return stint::json::args_as<published>(*value);
}

} // namespace publisher
