// Every bug of core/stint/plant.hpp, woken in a child process of its own, must make the model test's driver fail within
// a bounded number of seeded stories; without any bug no story may fail. A bug may also end the child: that is a catch.
#include <gtest/gtest.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <random>

#include <stint/plant.hpp>

#include "driver.hpp"

namespace stint {

plant the_plant = plant::none;

namespace {

constexpr unsigned most_stories = 500; ///< for a bug; each was caught within 3 when this was written
constexpr unsigned honest_stories = 25; ///< without one; model_test_long tells thousands
constexpr unsigned steps = 250;

/// What a child leaves behind, even if it is killed.
struct slate {
  unsigned stories = 0; ///< begun
  char why[200] = "";
};

void tell_stories(slate& s, unsigned most) {
  for (s.stories = 1; s.stories <= most; ++s.stories) {
    std::mt19937 random(s.stories);
    auto byte = [&random] { return static_cast<std::uint8_t>(random()); };
    try {
      naive::driver d;
      for (unsigned i = 0; i < steps; ++i) {
        const naive::step next{byte(), byte(), byte(), byte()};
        d.play(next);
      }
      d.finish();
    } catch (const naive::difference& e) {
      std::snprintf(s.why, sizeof s.why, "%s", e.what());
      return;
    }
  }
}

struct verdict {
  bool caught = false;
  unsigned stories = 0;
  std::string how;
};

verdict try_plant(plant p, unsigned most) {
  auto* s = static_cast<slate*>(
    mmap(nullptr, sizeof(slate), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0));
  if (s == MAP_FAILED)
    return {};
  const auto child = fork();
  if (child == 0) {
    // What a planted bug prints while it dies is not the tests' business.
    if (std::freopen("/dev/null", "w", stderr) == nullptr)
      _exit(3);
    the_plant = p;
    tell_stories(*s, most);
    _exit(s->why[0] != '\0' ? 1 : 0);
  }
  int status = 0;
  waitpid(child, &status, 0);
  verdict v;
  v.stories = std::min(s->stories, most);
  v.caught = !WIFEXITED(status) || WEXITSTATUS(status) != 0;
  v.how = s->why[0] != '\0' ? s->why : v.caught ? "it ended itself" : "not caught";
  munmap(s, sizeof(slate));
  return v;
}

TEST(planted, every_bug_is_caught) {
  std::printf("%-26s %8s  %s\n", "planted bug", "stories", "how it was caught");
  for (std::size_t i = 1; i < plant_names.size(); ++i) {
    const auto v = try_plant(static_cast<plant>(i), most_stories);
    std::printf("%-26s %8u  %s\n", std::string{plant_names[i]}.c_str(), v.stories, v.how.c_str());
    EXPECT_TRUE(v.caught) << plant_names[i];
  }
}

TEST(planted, without_a_bug_nothing_is_caught) {
  const auto v = try_plant(plant::none, honest_stories);
  EXPECT_FALSE(v.caught) << "story " << v.stories << ": " << v.how;
  EXPECT_EQ(v.stories, honest_stories);
}

} // namespace
} // namespace stint
