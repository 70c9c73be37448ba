#include "export.hpp"

#include <iostream>

#include "shown_text.hpp"
#include "stored_line.hpp"

namespace stint::cli {

int export_file(const std::string& file) {
  const auto told = [](const error& e) {
    std::cerr << "stint: " << harmless_lines(to_string(e)) << "\n";
    return e.code == errc::store_damaged ? 1 : 2;
  };
  std::ios::sync_with_stdio(false);
  auto from = sqlite_source::open(file);
  if (!from)
    return told(from.error());
  std::cout << head_line(from->head()) << '\n';
  const auto done = from->each([](const transfer_task& t) {
    std::cout << task_line(t) << '\n';
    return std::cout.good();
  });
  if (!done)
    return told(done.error());
  if (!std::cout.flush()) {
    std::cerr << "stint: unwritable: standard output\n";
    return 2;
  }
  return 0;
}

} // namespace stint::cli
