// The ledger against a naive model, step by step, on stories that RapidCheck invents and shortens when they fail.
// A failing story is printed as a list of steps {what,a,b,c}; its RC_PARAMS line plays it again.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <fstream>
#include <string>

#include "driver.hpp"

namespace stint::naive {

void showValue(const step& s, std::ostream& out) { out << to_string(s); }

} // namespace stint::naive

namespace rc {

template <>
struct Arbitrary<stint::naive::step> {
  static Gen<stint::naive::step> arbitrary() {
    using stint::naive::step;
    const auto any = [] { return gen::resize(kNominalSize, gen::arbitrary<std::uint8_t>()); };
    return gen::build<step>(gen::set(&step::what, gen::inRange<std::uint8_t>(0, 32)), gen::set(&step::a, any()),
                            gen::set(&step::b, any()), gen::set(&step::c, any()));
  }
};

} // namespace rc

namespace stint::naive {
namespace {

void play_all(const std::vector<step>& story) {
  driver d;
  std::size_t at = 0;
  try {
    for (; at < story.size(); ++at)
      d.play(story[at]);
    d.finish();
  } catch (const difference& e) {
    RC_FAIL("after " + std::to_string(at) + " of " + std::to_string(story.size()) + " steps: " + e.what());
  }
}

RC_GTEST_PROP(model, agrees_with_the_ledger_on_short_stories, (const std::vector<step>& story)) { play_all(story); }

RC_GTEST_PROP(model, agrees_with_the_ledger_on_long_stories, ()) {
  play_all(*rc::gen::scale(3.0, rc::gen::arbitrary<std::vector<step>>()));
}

TEST(model, is_small_enough_to_be_believed) {
  std::ifstream in(STINT_SOURCE_DIR "/tests/model/naive.hpp");
  ASSERT_TRUE(in);
  int lines = 0;
  for (std::string line; std::getline(in, line);) {
    lines += line.empty() ? 0 : 1;
    EXPECT_LE(line.size(), 120U) << line;
  }
  EXPECT_LE(lines, 150);
}

} // namespace
} // namespace stint::naive
