/// The verbs that make several processes one: serve, worker, run, nodes and certs.
///
/// Threads  called on the program's first thread.
/// Errors   start_error: what keeps the verb from starting.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <stint/limits.hpp>

#include "link_options.hpp"
#include "signals.hpp"

namespace stint::cli {

struct serve_options {
  link_options link;
  std::string store; ///< empty: in memory
  std::string beat = "3s";
  std::string lease = "9s";
  std::string stop_grace = "0s";
  std::uint64_t output = limits{}.output; ///< bytes kept of each task's
};

/// Owns a list until a signal ends it; returns the exit code.
int serve(const serve_options& with, signals& heard);

struct worker_options {
  link_options link;
  std::uint32_t slots = 1;
  std::vector<std::string> labels;
};

/// Runs commands for a served list until a signal ends it.
int run_worker(const worker_options& with, signals& heard);

struct run_options {
  link_options link;
  std::string name;
  std::vector<std::string> labels;
  std::vector<std::string> exclusive; ///< keys
  std::vector<std::string> shared;
  std::vector<std::string> command;
};

/// Has one command run by a served list, prints its output, returns its exit code; 130 when a signal cancelled it.
/// A signal is heard whether or not the list answers.
int run_command(const run_options& with, signals& heard);

struct nodes_options {
  link_options link;
  bool json = false;
};

/// Shows who is connected to a served list, and what runs where; returns the exit code.
int show_nodes(const nodes_options& with);

/// Makes a CA, and a certificate of it for nodes and clients, in a folder.
int make_certs(const std::string& dir);

} // namespace stint::cli
