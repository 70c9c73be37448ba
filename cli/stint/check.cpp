#include "check.hpp"

#include <filesystem>
#include <iostream>

#include <stint/sqlite_store.hpp>

#include "shown_text.hpp"

namespace stint::cli {

int check_file(const std::string& file) {
  if (!std::filesystem::exists(file)) {
    std::cerr << "stint: " << file << ": there is no such file\n";
    return 2;
  }
  const auto found = sqlite_store::look_through(file);
  if (!found) {
    std::cerr << "stint: " << harmless_lines(to_string(found.error())) << "\n";
    return found.code() == errc::store_damaged ? 1 : 2;
  }
  std::uint64_t bytes = 0;
  for (auto b : found->counted.bytes)
    bytes += b;
  std::cout << file << ": epoch " << found->head.epoch << ", version " << found->head.version << ", last id "
            << found->head.last_id << ", " << found->counted.tasks.total() << " tasks, " << bytes << " bytes\n";
  for (std::size_t s = 0; s < state_count; ++s)
    if (const auto n = found->counted.tasks.by_state[s]; n != 0)
      std::cout << "  " << state_names[s] << " " << n << "\n";
  for (const auto& f : found->faults)
    std::cout << "damaged: " << harmless_lines(f) << "\n";
  if (!found->sealed)
    std::cout << "no seal: whether its last commits are missing cannot be told, as there is no " << file
              << "-seal; an import and a relaxed store have none\n";
  std::cout << (found->faults.empty() ? "whole\n" : "not whole; what can be read of it: stint export\n");
  return found->faults.empty() ? 0 : 1;
}

} // namespace stint::cli
