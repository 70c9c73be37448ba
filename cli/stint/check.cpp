#include "check.hpp"

#include <filesystem>
#include <iostream>

#include <stint/sqlite_store.hpp>

namespace stint::cli {

int check_file(const std::string& file) {
  if (!std::filesystem::exists(file)) { // opening it would make it
    std::cerr << "stint: " << file << ": there is no such file\n";
    return 2;
  }
  sqlite_store store{{file}};
  if (const auto open = store.open(); !open) {
    std::cerr << "stint: " << to_string(open.error()) << "\n";
    return open.code() == errc::store_damaged ? 1 : 2;
  }
  const auto found = store.check();
  if (!found) {
    std::cerr << "stint: " << to_string(found.error()) << "\n";
    return 1;
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
    std::cout << "damaged: " << f << "\n";
  std::cout << (found->faults.empty() ? "whole\n" : "not whole\n");
  return found->faults.empty() ? 0 : 1;
}

} // namespace stint::cli
