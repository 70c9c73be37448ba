/// How a contest is shown: a table for people, JSON lines for plots and for comparing runs.
///
/// Owner    contest::run calls both.
/// Threads  none.
/// Wire     one JSON object a line: question, title, contestant, figure, unit, values (a round each), median, min, max,
///          reference, ratio, bars, commit, compiler, cpu, cores, caf. New fields may come, none changes its meaning.
#pragma once

#include <string>

#include <harness/contest.hpp>

namespace stint::bench {

/// Prints the table, and under it each bar with its verdict; tells the program what was missed.
void print_contest(const contest& r, program& run);

/// Appends the lines to the program's --json file, if it has one.
void write_contest(const contest& r, const program& run);

/// Returns a value with four digits and a suffix: 1.234M.
std::string short_number(double value);

} // namespace stint::bench
