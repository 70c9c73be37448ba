/// What a list's process says to the parent that will kill it: one record for each thing it was told, through a pipe.
///
/// Owner    written by the child, kept by the parent.
/// Threads  any of the child's: a record is smaller than PIPE_BUF, so none is torn.
/// Wire     between one program and itself.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include <unistd.h>

namespace stint::faults {

enum class told : std::uint8_t {
  ready,    ///< the list is there; `a`: ns that this took, `b`: unfinished tasks
  accepted, ///< task `id` called `name` is accepted
  finished, ///< task `id` has ended in state `a` at version `b`
  began,    ///< the body of task `id` runs, attempt `a`
  done,     ///< everything has settled; `a`: tasks in quarantine
};

struct record {
  told what{};
  std::uint64_t id = 0;
  std::uint64_t a = 0;
  std::uint64_t b = 0;
  char name[24] = {};
};

inline void say(int pipe, told what, std::uint64_t id = 0, std::uint64_t a = 0, std::uint64_t b = 0,
                std::string_view name = {}) {
  record r;
  r.what = what;
  r.id = id;
  r.a = a;
  r.b = b;
  std::memcpy(r.name, name.data(), std::min(name.size(), sizeof r.name - 1));
  // The parent closes its end only after this process has ended.
  static_cast<void>(!::write(pipe, &r, sizeof r));
}

} // namespace stint::faults
