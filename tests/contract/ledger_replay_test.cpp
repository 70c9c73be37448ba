// `effects::changed` and `effects::removed` name everything that a store must be told: after each round of random
// commands a store that was told nothing else equals the ledger. The control leaves one of them out, which must show.
#include "replay_player.hpp"

namespace stint::test {
namespace {

constexpr unsigned seeds = 60;
constexpr int rounds = 150;

/// Says what differs, or nothing.
std::string told(unsigned seed, omission without = {}) {
  replay_player p(seed, without);
  try {
    p.play(rounds);
    p.restart();
  } catch (const difference& e) {
    return e.what();
  }
  return "";
}

TEST(ledger_replay, a_store_that_is_told_what_changed_equals_the_ledger) {
  std::array<std::uint64_t, state_count> saved{};
  std::uint64_t removed = 0;
  for (unsigned seed = 1; seed <= seeds; ++seed) {
    replay_player p(seed);
    ASSERT_NO_THROW({
      p.play(rounds);
      p.restart();
    }) << "seed " << seed << ": " << told(seed);
    for (std::size_t s = 0; s < state_count; ++s)
      saved[s] += p.saved_in[s];
    removed += p.removals;
  }
  for (std::size_t s = 0; s < state_count; ++s) {
    std::printf("%-12s saved %llu times\n", std::string{state_names[s]}.c_str(),
                static_cast<unsigned long long>(saved[s]));
    EXPECT_GT(saved[s], 20U) << "the stories hardly reach " << state_names[s];
  }
  std::printf("%llu removed\n", static_cast<unsigned long long>(removed));
  EXPECT_GT(removed, 100U);
}

TEST(ledger_replay, one_change_left_out_is_noticed) {
  unsigned tried = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    replay_player all(seed);
    all.play(rounds);
    for (std::uint64_t n = seed % 7; n < all.saves; n += 7, ++tried)
      EXPECT_NE(told(seed, {n, {}}), "") << "seed " << seed << " without save " << n;
  }
  EXPECT_GT(tried, 100U);
}

TEST(ledger_replay, one_removal_left_out_is_noticed) {
  unsigned tried = 0;
  for (unsigned seed = 1; seed <= 10; ++seed) {
    replay_player all(seed);
    all.play(rounds);
    for (std::uint64_t n = seed % 3; n < all.removals; n += 3, ++tried)
      EXPECT_NE(told(seed, {{}, n}), "") << "seed " << seed << " without removal " << n;
  }
  EXPECT_GT(tried, 50U);
}

} // namespace
} // namespace stint::test
