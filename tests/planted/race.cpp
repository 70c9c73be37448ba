// A data race between two CAF actors, for ThreadSanitizer to report.
//
// The actors run on threads of their own and share a plain variable through a
// captured reference, which is the mistake that messages exist to prevent. They
// start together, or one could end before the other begins: CAF's own locks would
// then order their writes, and there would be no race to see.

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/blocking_actor.hpp>
#include <caf/event_based_actor.hpp>

#include <cstdio>
#include <latch>

int main() {
  volatile int shared = 0; // volatile keeps the writes, it orders nothing
  {
    std::latch start{2};
    caf::actor_system_config config;
    caf::actor_system system{config};
    for (int actor = 0; actor < 2; ++actor) {
      system.spawn<caf::detached>([&](caf::blocking_actor*) {
        start.arrive_and_wait();
        for (int i = 0; i < 1000; ++i) {
          shared = shared + 1;
        }
      });
    }
    system.await_all_actors_done(); // before the latch goes
  }
  std::printf("shared is %d\n", shared);
}
