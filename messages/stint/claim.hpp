/// What a task wants of a resource: a key, and exclusive, shared or n units of it.
///
/// Threads  plain values.
/// Errors   checked when a task is submitted: see core/stint/validate.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <stint/key.hpp>

namespace stint {

enum class claim_mode : std::uint8_t { exclusive, shared, units };

constexpr std::string_view to_string(claim_mode m) noexcept {
  return m == claim_mode::exclusive ? "exclusive" : m == claim_mode::shared ? "shared" : "units";
}

struct claim {
  std::string key; ///< empty: the root, which is everything
  claim_mode mode = claim_mode::exclusive;
  std::uint32_t units = 1; ///< only for claim_mode::units

  friend bool operator==(const claim&, const claim&) = default;
};

/// Nobody else may hold this key, or any below it, at the same time.
inline claim exclusive(std::string key) { return {std::move(key), claim_mode::exclusive, 1}; }

/// Others may share this key; nobody may hold it, or any below it, exclusively.
inline claim shared(std::string key) { return {std::move(key), claim_mode::shared, 1}; }

/// `n` units of a key whose capacity was declared.
inline claim units(std::string key, std::uint32_t n) { return {std::move(key), claim_mode::units, n}; }

} // namespace stint
