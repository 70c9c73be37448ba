/// Submissions that only travel together: each is accepted or refused by itself, in their order.
///
/// Owner    the caller.
/// Threads  none: the owner's mailbox is the lock.
/// Errors   those of ledger::submit, by the place in the submission.
/// Cost     that of one submission of all, when none is refused; else that of each by itself, and at most a look at all of them.
#pragma once

#include <span>
#include <utility>
#include <vector>

#include <stint/ledger.hpp>

namespace stint {

struct each_submitted {
  std::vector<task_id> ids; ///< in the order of the submission; 0: refused
  std::vector<refusal> refusals;
  task_version version = 0;
};

/// `errors`: of each task why it is refused without a look at it; or empty.
inline each_submitted submit_each(ledger& rules, std::span<const new_task> batch, std::vector<error> errors, moment now, effects& fx) {
  each_submitted out;
  if (errors.empty())
    if (auto all = rules.submit(batch, now, fx)) { // the same as one after the other
      out.ids = std::move(all->ids);
      out.version = all->version;
      return out;
    }
  out.ids.resize(batch.size());
  errors.resize(batch.size());
  for (std::size_t i = 0; i < batch.size(); ++i) {
    if (errors[i].code == errc::none) {
      if (auto one = rules.submit(batch.subspan(i, 1), now, fx)) {
        out.ids[i] = one->ids.front();
        continue;
      } else {
        errors[i] = one.error();
      }
    }
    out.refusals.push_back({i, std::move(errors[i])});
  }
  out.version = rules.version();
  return out;
}

} // namespace stint
