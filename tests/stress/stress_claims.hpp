/// What the bodies of the stress program claim, and the check that nobody else has it meanwhile.
#pragma once

#include <array>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <utility>
#include <vector>

namespace stint::stress {

[[noreturn]] inline void wrong(const std::string& what) {
  std::fprintf(stderr, "stress: wrong: %s\n", what.c_str());
  std::abort();
}

inline void need(bool good, const std::string& what) {
  if (!good)
    wrong(what);
}

inline constexpr std::size_t families = 6;  // keys f0 to f5
inline constexpr std::size_t children = 2;  // each with two below it
inline constexpr int pool_units = 3;

inline std::array<std::atomic<int>, families * children> cells; // above 0: readers; -1: a writer
inline std::atomic<int> pool{0};

inline void enter_cell(std::size_t n, bool alone) {
  auto& cell = cells[n];
  if (alone) {
    int nobody = 0;
    if (!cell.compare_exchange_strong(nobody, -1))
      wrong("cell " + std::to_string(n) + " is not free for a writer: " + std::to_string(nobody));
  } else if (cell.fetch_add(1) < 0) {
    wrong("cell " + std::to_string(n) + " has a writer");
  }
}

inline void leave_cell(std::size_t n, bool alone) {
  auto& cell = cells[n];
  if (alone) {
    if (cell.exchange(0) != -1)
      wrong("cell " + std::to_string(n) + " lost its writer");
  } else if (cell.fetch_sub(1) < 1) {
    wrong("cell " + std::to_string(n) + " lost a reader");
  }
}

/// The cells that a set of claims stands for: a key holds those of all keys below it.
struct wish {
  std::vector<std::pair<std::size_t, bool>> held;
  int units = 0;

  void below(std::size_t family, bool alone) {
    for (std::size_t c = 0; c < children; ++c)
      held.emplace_back(family * children + c, alone);
  }
};

class holding {
public:
  explicit holding(const wish& w) : wish_(w) {
    for (auto [n, alone] : wish_.held)
      enter_cell(n, alone);
    if (wish_.units != 0 && pool.fetch_add(wish_.units) + wish_.units > pool_units)
      wrong("more units are held than there are");
  }
  ~holding() {
    pool.fetch_sub(wish_.units);
    for (auto [n, alone] : wish_.held)
      leave_cell(n, alone);
  }
  holding(const holding&) = delete;
  holding& operator=(const holding&) = delete;

private:
  wish wish_;
};

} // namespace stint::stress
