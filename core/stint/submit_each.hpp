/// Submissions that only travel together: each is accepted or refused by itself, in their order.
///
/// Owner    the caller.
/// Threads  none: the owner's mailbox is the lock.
/// Errors   those of ledger::submit, by the place in the submission.
/// Cost     that of one submission of all, when none is refused; else each once more.
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

/// `check(i)` is one more condition for the i-th; none may be moved from before.
template <class Check>
each_submitted submit_each(ledger& rules, std::span<const new_task> batch, Check&& check, moment now, effects& fx) {
  each_submitted out;
  std::vector<error> errors; // of each, when there is one
  for (std::size_t i = 0; i < batch.size(); ++i)
    if (result<unit_t> ok = check(i); !ok) {
      errors.resize(batch.size());
      errors[i] = ok.error();
    }
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
