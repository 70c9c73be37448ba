/// Asks a served list something, for a verb that ends with the answer.
///
/// Threads  called on the program's first thread, before signals are blocked: a question has nothing to put in order.
/// Errors   what the list refuses, and what keeps the verb from asking, is said on standard error.
#pragma once

#include <functional>

#include <stint/list.hpp>

#include "link_options.hpp"

namespace stint::cli {

/// Connects and calls `ask`; returns the exit code: 0 it was answered, 1 it was refused or could not be printed, 2 nobody
/// could be asked.
int ask_list(const link_options& link, const std::function<result<unit_t>(list&)>& ask);

} // namespace stint::cli
