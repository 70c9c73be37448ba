// A data race between two CAF actors, for ThreadSanitizer to report.
//
// The actors run on threads of their own and share a plain variable through a
// captured reference, which is the mistake that messages exist to prevent. Both
// are started from one thread and joined by the system's end, so nothing
// orders the one's writes against the other's.

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/blocking_actor.hpp>

#include <cstdio>

int main() {
    int shared = 0;
    {
        caf::actor_system_config config;
        caf::actor_system system{config};
        for (int actor = 0; actor < 2; ++actor) {
            system.spawn<caf::detached>([&shared](caf::blocking_actor*) {
                for (int i = 0; i < 100'000; ++i) {
                    ++shared;
                }
            });
        }
    }
    std::printf("shared is %d\n", shared);
}
