/// What was said of a list, a queue or a key that a restart has in force again: a pause, a limit, a capacity.
///
/// Threads  plain values.
/// Durable  one for each thing that is not as at the beginning; a newer one takes the place of the older.
#pragma once

#include <array>
#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

namespace stint {

enum class setting_of : std::uint8_t { list, queue, capacity };

constexpr std::string_view to_string(setting_of s) noexcept {
  constexpr std::array<std::string_view, 3> names{"list", "queue", "capacity"};
  return names[static_cast<std::size_t>(s)];
}

struct stored_setting {
  setting_of of = setting_of::list;
  std::string name;         ///< of the queue or the key; of the list: empty
  std::uint32_t number = 0; ///< the queue's limit, 0 is none; the key's units
  bool paused = false;      ///< the list or the queue

  /// Nothing is said by it, so that nothing has to be kept.
  [[nodiscard]] bool plain() const noexcept { return number == 0 && !paused; }

  friend auto operator<=>(const stored_setting&, const stored_setting&) = default;
};

} // namespace stint
