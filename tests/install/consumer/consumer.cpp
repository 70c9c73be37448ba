// The smallest program that needs our headers, our libraries and CAF at link time.
//
// It knows no more of stint than its README: include a header, link a target.

#include <cstdio>

#include <caf/actor_system_config.hpp>
#include <stint/key.hpp>

int main() {
  caf::actor_system_config config; // CAF has to be linked for this
  const stint::key key{"publish", "stable/updates"};
  std::printf("%s\n", key.text().c_str());
}
