/// Where a list keeps its tasks, as an option: in memory, in a file, or in a store that the program brings.
///
/// Owner    an option: copies share one store, which one list at a time opens.
/// Errors   none here; opening it is the list's, which throws start_error.
/// Example  stint::options{.store = "tasks.db"}; {.store = {"tasks.db", stint::store_mode::relaxed}}
#pragma once

#include <concepts>
#include <memory>
#include <string>
#include <utility>

#include <stint/store.hpp>

namespace stint {

/// Makes the store of a file. In stint::sqlite: a program that names a file links it, others need no SQLite.
std::shared_ptr<store> store_in_file(std::string file, store_mode mode);

class store_choice {
public:
  /// In memory, which ends with the process.
  store_choice() = default;

  /// In a file; `store_mode::memory` keeps none. An empty name is an `invalid_option` when the list starts.
  store_choice(std::string file, store_mode mode = store_mode::durable) // NOLINT: implicit on purpose
      : it_(mode == store_mode::memory ? nullptr : store_in_file(std::move(file), mode)) {}
  store_choice(const char* file, store_mode mode = store_mode::durable) // NOLINT: implicit on purpose
      : store_choice(std::string{file}, mode) {}

  /// In a store of the program's own.
  template <class Store>
    requires std::derived_from<Store, stint::store>
  store_choice(std::shared_ptr<Store> s) : it_(std::move(s)) {} // NOLINT: implicit on purpose

  explicit operator bool() const noexcept { return it_ != nullptr; }
  [[nodiscard]] const std::shared_ptr<stint::store>& get() const noexcept { return it_; }

private:
  std::shared_ptr<stint::store> it_;
};

} // namespace stint
