/// An answer of the rules as CAF wants it: the value, or an error that from_caf reads back.
///
/// Threads  plain functions.
#pragma once

#include <utility>

#include <stint/protocol.hpp>

namespace stint {

template <class T>
caf::result<T> answer(result<T> r) {
  if (!r)
    return to_caf(r.error());
  return std::move(*r);
}

} // namespace stint
