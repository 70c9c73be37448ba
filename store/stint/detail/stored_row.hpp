/// A stored task as bytes, and back: what a row of the store holds beside the columns that are searched.
///
/// Owner    sqlite_store.
/// Threads  pure functions.
/// Errors   reading bytes that are no task gives nothing.
/// Wire     a format number, then which fields differ from their default, then those fields; numbers as varints, least
///          significant part first, moments as nanoseconds after the submission. A new field gets a new bit, so that
///          old rows still read; a change of meaning gets a new format number and a migration.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <stint/stored_task.hpp>

namespace stint::detail {

/// Appends a task to `out`, all of it but id, version, state and rank, which have columns.
void write_task(const stored_task& t, std::string& out);

/// Reads into a task that has its id, version, state and rank already; false: these are not the bytes of a task.
[[nodiscard]] bool read_task(std::string_view bytes, stored_task& t);

/// Appends a number, seven bits in a byte.
void write_number(std::string& out, std::uint64_t n);

/// Takes a number from the front; nothing when it ends before its end.
[[nodiscard]] std::optional<std::uint64_t> read_number(std::string_view& in);

} // namespace stint::detail
