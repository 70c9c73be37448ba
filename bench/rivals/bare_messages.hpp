/// The four messages of a bare list actor's task, and the one to read a record back.
///
/// Threads  messages are values.
/// Wire     local only.
///
///   client                bare_list               bare_worker
///     |-- submit ------------>|                        |
///     |                       |-- run ---------------->|
///     |                       |<------------- done ----|
///     |<---------- finished --|                        |
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <caf/actor.hpp>
#include <stint/protocol.hpp>

#include <rivals/rival_record.hpp>

namespace stint::bench::bare {

struct submit {
  std::string name;
  rival_body run;
};
struct run {
  std::uint64_t id = 0;
  rival_body body;
};
struct done {
  std::uint64_t id = 0;
  rival_result result;
  rival_clock::time_point started{}, ended{};
};
struct finished {
  std::uint64_t id = 0;
  int code = 0;
};
struct get {
  std::uint64_t id = 0;
}; // answered with a record
struct record {
  rival_record task;
};

} // namespace stint::bench::bare

CAF_BEGIN_TYPE_ID_BLOCK(stint_bench, caf::first_custom_type_id + STINT_TYPE_ID_OFFSET + 600)
CAF_ADD_TYPE_ID(stint_bench, (stint::bench::bare::submit))
CAF_ADD_TYPE_ID(stint_bench, (stint::bench::bare::run))
CAF_ADD_TYPE_ID(stint_bench, (stint::bench::bare::done))
CAF_ADD_TYPE_ID(stint_bench, (stint::bench::bare::finished))
CAF_ADD_TYPE_ID(stint_bench, (stint::bench::bare::get))
CAF_ADD_TYPE_ID(stint_bench, (stint::bench::bare::record))
CAF_END_TYPE_ID_BLOCK(stint_bench)

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stint::bench::bare::submit)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stint::bench::bare::run)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stint::bench::bare::done)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stint::bench::bare::finished)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stint::bench::bare::get)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(stint::bench::bare::record)
