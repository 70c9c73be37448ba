/// The publisher's tasks: what each claims and what its body does.
///
///   read NAME        exclusive repo/NAME                          decompresses one index
///   publish DIST     exclusive publish/PREFIX/DIST, shared repo/* parses the stanzas, writes the files; past 63
///                    indexes shared repo, which is all of them
///   clean up         exclusive root: everything                   removes leftovers
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

  /// One task for each index; publishes that share the index wait for it, as they were submitted later.
  stint::result<stint::unit_t> submit_reads(stint::list& tasks);

  /// Request `number` of `settings::requests`.
  stint::result<stint::task_id> submit_publish(stint::list& tasks, std::uint32_t number);

  stint::result<stint::task_id> submit_clean_up(stint::list& tasks);

private:
  const settings& with_;
  std::vector<repository> repositories_;
};

/// Reads what a publish task left as its value.
stint::result<published> published_by(const stint::list& tasks, stint::task_id id);

} // namespace publisher
