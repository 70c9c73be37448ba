/// The publisher's tasks: what each claims and what its body does.
///
///   read NAME        exclusive repo/NAME                          decompresses one index
///   publish DIST     exclusive publish/PREFIX/DIST, shared repo/* parses the stanzas, writes the files; past 63
///                    indexes shared repo, which is all of them
///   clean up         exclusive root: everything                   removes leftovers
///
/// Each is a kind with JSON args, so that with a store another process goes on with what this one accepted. A repeated
/// request has the same idempotency key, and gives the task that there is.
///
/// Owner    the desk owns the indexes' texts; it must outlive the list whose tasks use them.
/// Threads  submit_*() from any; the bodies run on the list's workers. No lock: the claims keep them apart.
#pragma once

#include <cstdint>
#include <vector>

#include <stint/stint.hpp>

#include "publication.hpp"
#include "settings.hpp"

namespace publisher {

class desk {
public:
  explicit desk(const settings& with);

  /// Adds the kinds; for the list's options.
  void add_kinds(stint::registry& to);

  /// One task for each index, in each process anew; publishes that share the index wait for it, as they were submitted
  /// later. Those of a process before snooze until it is read.
  stint::result<stint::unit_t> submit_reads(stint::list& tasks);

  /// Reads every index at once: for a worker in a process of its own, which submits nothing.
  stint::result<stint::unit_t> read_all();

  /// Request `number` of `settings::requests`.
  stint::result<stint::task_id> submit_publish(stint::list& tasks, std::uint32_t number);

  /// The clean-up behind so many requests.
  stint::result<stint::task_id> submit_clean_up(stint::list& tasks, std::uint32_t after);

private:
  repository* find(const std::string& name);
  stint::outcome publish_one(stint::context& job, const struct publish_args& args);

  const settings& with_;
  std::vector<repository> repositories_;
};

/// Takes tasks out of quarantine: processes died while they ran, but they were killed, and whoever starts the publisher
/// again wants them to go on.
stint::result<stint::unit_t> release_kept(stint::list& tasks);

/// Reads what a publish task left as its value.
stint::result<published> published_by(const stint::list& tasks, stint::task_id id);

} // namespace publisher
