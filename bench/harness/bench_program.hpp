/// One benchmark program: its command line, its machine, and whether what it measured was right and good enough.
///
/// Owner    main() of a question; races and reports refer to it.
/// Threads  none: the main thread.
/// Errors   a wrong result throws `wrong`, and run_program() turns it into exit code 1, with --check or without.
/// Example  int main(int argc, char** argv) { return stint::bench::run_program(argc, argv, "growth", &ask); }
#pragma once

#include <cstddef>
#include <functional>
#include <stdexcept>
#include <string>
#include <string_view>

namespace stint::bench {

/// Something that was measured did not do its work: its figures mean nothing.
struct wrong : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// Throws `wrong` unless `good`.
inline void need(bool good, const std::string& what) {
  if (!good)
    throw wrong(what);
}

class program {
public:
  /// Reads the command line; a mistake in it, or --help, ends the process.
  program(int argc, char** argv, std::string name);

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::string& json() const noexcept { return json_; } ///< lines are appended; empty: none
  [[nodiscard]] bool check() const noexcept { return check_; }
  [[nodiscard]] bool tiny() const noexcept { return tiny_; }
  [[nodiscard]] std::size_t rounds() const noexcept { return rounds_; }

  /// Returns the size that fits what was asked for: nothing, --quick or --tiny.
  [[nodiscard]] std::size_t size(std::size_t full, std::size_t quick, std::size_t tiny) const noexcept {
    return tiny_ ? tiny : quick_ ? quick : full;
  }

  /// Tells whether a contestant is wanted: all are, unless --only says a part of some names.
  [[nodiscard]] bool wants(std::string_view contestant) const noexcept {
    return only_.empty() || contestant.find(only_) != std::string_view::npos;
  }

  /// Notes that a bar was missed by more than 20 %.
  void missed(std::string what);

  /// Prints what was missed and returns the exit code.
  [[nodiscard]] int finish() const;

private:
  std::string name_;
  std::string json_;
  std::string only_;
  std::string missed_;
  std::size_t rounds_ = 5;
  bool quick_ = false;
  bool tiny_ = false;
  bool check_ = false;
};

/// Runs `ask` as the whole of a question's main().
int run_program(int argc, char** argv, const std::string& name, const std::function<void(program&)>& ask);

} // namespace stint::bench
