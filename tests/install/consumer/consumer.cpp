// Somebody else's smallest useful program: two tasks that want the same key.
//
// It knows no more of stint than the README: one header, one line before the actor
// system exists, a list.

#include <cstdio>
#include <vector>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <stint/stint.hpp>

int main() {
  caf::actor_system_config config;
  stint::configure(config);
  caf::actor_system system{config};
  stint::list tasks{system, {.workers = 2}};

  stint::spec spec;
  spec.name = "add 21";
  spec.claims = {stint::exclusive("sum")};
  int sum = 0; // needs no lock: the claim keeps the tasks apart
  std::vector<stint::task_id> ids;
  for (int i = 0; i < 2; ++i) {
    auto id = tasks.submit(spec, [&sum] { sum += 21; });
    if (!id) {
      std::printf("refused: %s\n", stint::to_string(id.error()).c_str());
      return 1;
    }
    ids.push_back(*id);
  }
  auto ended = tasks.wait(ids);
  if (!ended) {
    std::printf("not ended: %s\n", stint::to_string(ended.error()).c_str());
    return 1;
  }
  std::printf("%d from %zu tasks\n", sum, ids.size());
}
