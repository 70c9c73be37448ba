/// What happens elsewhere, handed to the one thread that shows it: events, records after a gap, warnings.
///
/// Owner    the program; it outlives the list that feeds it.
/// Threads  put() from any; take() from one, when the descriptor is readable.
/// Order    as put.
/// Cost     unbounded between two calls of take(), by one entry per transition of the program's own tasks.
#pragma once

#include <mutex>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <stint/event.hpp>
#include <stint/task.hpp>

namespace stint::cli {

class news {
public:
  /// A transition; a task's record, because transitions were missed; a warning.
  using item = std::variant<event, task, std::string>;

  news();
  news(const news&) = delete;
  news& operator=(const news&) = delete;
  ~news();

  void put(item one);

  /// Takes all there is.
  std::vector<item> take();

  /// Readable while there is something to take.
  [[nodiscard]] int descriptor() const noexcept { return bell_; }

private:
  std::mutex mutex_;
  std::vector<item> items_;
  int bell_;
};

} // namespace stint::cli
