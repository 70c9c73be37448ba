/// Medians, percentiles and times: the arithmetic that all questions share.
///
/// Threads  plain values.
/// Units    nanoseconds, unless a name says otherwise.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <vector>

namespace stint::bench {

/// Nanoseconds since an arbitrary moment.
inline std::int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now().time_since_epoch())
    .count();
}

/// Processor time of the calling thread, or of the whole process, in nanoseconds.
inline std::int64_t cpu_ns(clockid_t which = CLOCK_THREAD_CPUTIME_ID) {
  timespec t{};
  ::clock_gettime(which, &t);
  return std::int64_t{t.tv_sec} * 1'000'000'000 + t.tv_nsec;
}

class stopwatch {
public:
  [[nodiscard]] double ns() const { return static_cast<double>(now_ns() - began_); }
  [[nodiscard]] double seconds() const { return ns() / 1e9; }

private:
  std::int64_t began_ = now_ns();
};

/// Returns the value below which `part` (0 to 1) of them lie; 0 when there is none.
template <class T>
double percentile(std::vector<T> of, double part) {
  if (of.empty())
    return 0;
  const auto at = static_cast<std::size_t>(part * static_cast<double>(of.size() - 1) + 0.5);
  std::nth_element(of.begin(), of.begin() + static_cast<std::ptrdiff_t>(at), of.end());
  return static_cast<double>(of[at]);
}

template <class T>
double median(std::vector<T> of) {
  if (of.empty())
    return 0;
  std::sort(of.begin(), of.end());
  const auto half = of.size() / 2;
  return of.size() % 2 == 1 ? static_cast<double>(of[half])
                            : (static_cast<double>(of[half - 1]) + static_cast<double>(of[half])) / 2;
}

} // namespace stint::bench
