/// The lines of an export as text, and back: a header, then one task in each, with all that a store keeps of it.
///
/// Threads  pure functions.
/// Errors   line_error: malformed_json, not_an_object, unknown_field, missing_field, wrong_type, bad_value, no_export,
///          format_too_new, and damaged_line for one that does not fit its sum.
/// Units    moments and durations in nanoseconds, of the wall clock where they are moments.
/// Wire     format 1. A field that has its default is left out. What is not UTF-8 is {"base64": "..."}; numbers with a
///          fraction are texts, which no reader of JSON rounds. `sum` is the last field: of the bytes of the line before it.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include <stint/sqlite_transfer.hpp>

#include "batch_line.hpp"

namespace stint::cli {

/// Without the newline.
std::string head_line(const transfer_head& h);
std::string task_line(const transfer_task& t);

std::variant<transfer_head, line_error> read_head_line(std::string_view line);
std::variant<transfer_task, line_error> read_task_line(std::string_view line);

} // namespace stint::cli
