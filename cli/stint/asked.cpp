#include "asked.hpp"

#include <cstdlib>
#include <iostream>

#include <stint/remote_list.hpp>

namespace stint::cli {

int ask_list(const link_options& link, const std::function<result<unit_t>(list&)>& ask) {
  const auto where = link.where();
  link_config cfg{link};
  caf::actor_system system{cfg};
  caf::actor proxy;
  try {
    proxy = connect(system, where, say);
  } catch (const start_error& e) {
    say(log_level::error, e.what());
    std::_Exit(2); // it tries again meanwhile, and that cannot be given up
  }
  list tasks{system, std::move(proxy)};
  const auto answered = ask(tasks);
  if (!answered)
    say(log_level::error, to_string(answered.error()));
  return std::cout.flush() && answered ? 0 : 1;
}

} // namespace stint::cli
