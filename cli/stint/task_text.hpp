/// How `stint list` and `stint show` write a task: in harmless lines for people, or as JSON with all of it.
///
/// Threads  pure functions.
#pragma once

#include <span>
#include <string>

#include <boost/json/object.hpp>

#include <stint/query.hpp>

namespace stint::cli {

/// Says its state, and why it waits or is asked to stop: `waiting (no worker)`.
std::string state_text(const task& t);

/// Returns a table with a head.
std::string task_table(std::span<const task> tasks);

/// What is known of a task beside its record.
struct task_more {
  std::string args;
  std::string value;
  explanation why;
  std::string node; ///< that runs it
};

/// Returns the lines of one task; what is empty or has its default is left out.
std::string task_lines(const task& t, const task_more& more);

boost::json::object task_json(const task& t);
boost::json::object task_json(const task& t, const task_more& more);

} // namespace stint::cli
