// What a spec may say: each mistake by its named error, each limit at its exact edge.
#include <gtest/gtest.h>

#include <functional>
#include <limits>

#include <stint/validate.hpp>

namespace stint {
namespace {

using namespace std::chrono_literals;

errc check(const std::function<void(spec&)>& change, const limits& bounds = {}) {
  spec s;
  s.name = "a task";
  change(s);
  return check_spec(s, bounds).code();
}

struct mistake {
  errc code;
  std::function<void(spec&)> make;
};

TEST(validate, each_mistake_has_its_name) {
  const limits bounds;
  const std::vector<mistake> mistakes{
    {errc::name_empty, [](spec& s) { s.name.clear(); }},
    {errc::name_too_long, [](spec& s) { s.name.assign(257, 'x'); }},
    {errc::invalid_utf8, [](spec& s) { s.name = "\xff"; }},
    {errc::invalid_utf8, [](spec& s) { s.name = "two\nlines"; }},
    {errc::invalid_priority, [](spec& s) { s.priority = 3; }},
    {errc::invalid_priority, [](spec& s) { s.priority = -3; }},
    {errc::invalid_priority, [](spec& s) { s.priority = std::numeric_limits<int>::min(); }},
    {errc::invalid_queue, [](spec& s) { s.queue.clear(); }},
    {errc::invalid_queue, [](spec& s) { s.queue.assign(129, 'q'); }},
    {errc::invalid_queue, [](spec& s) { s.queue = "\xc3"; }},
    {errc::unknown_kind, [](spec& s) { s.kind.assign(129, 'k'); }},
    {errc::args_too_large, [](spec& s) { s.args.assign(64 * 1024 + 1, ' '); }},
    {errc::idempotency_key_too_long, [](spec& s) { s.idempotency_key.assign(257, 'i'); }},
    {errc::too_many_tags, [](spec& s) { s.tags.assign(33, "t"); }},
    {errc::invalid_tag, [](spec& s) { s.tags = {""}; }},
    {errc::invalid_tag, [](spec& s) { s.tags = {"a\tb"}; }},
    {errc::too_many_labels, [](spec& s) { s.labels.assign(33, "l"); }},
    {errc::invalid_label, [](spec& s) { s.labels = {"gpu", ""}; }},
    {errc::invalid_label, [](spec& s) { s.labels = {"a\tb"}; }},
    {errc::invalid_label, [](spec& s) { s.labels = {std::string(129, 'l')}; }},
    {errc::too_many_claims,
     [](spec& s) {
       for (int i = 0; i < 65; ++i)
         s.claims.push_back(exclusive("k" + std::to_string(i)));
     }},
    {errc::duplicate_claim, [](spec& s) { s.claims = {shared("a"), exclusive("a")}; }},
    {errc::duplicate_claim, [](spec& s) { s.claims = {shared(""), shared("")}; }},
    {errc::invalid_key, [](spec& s) { s.claims = {exclusive("a//b")}; }},
    {errc::invalid_key, [](spec& s) { s.claims = {exclusive("\xff")}; }},
    {errc::key_too_deep, [](spec& s) { s.claims = {exclusive("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16/17")}; }},
    {errc::key_too_long, [](spec& s) { s.claims = {exclusive(std::string(513, 'k'))}; }},
    {errc::invalid_units, [](spec& s) { s.claims = {units("cpu", 0)}; }},
    {errc::invalid_timeout, [](spec& s) { s.timeout = 0ns; }},
    {errc::invalid_timeout, [](spec& s) { s.timeout = -1ns; }},
    {errc::invalid_timeout, [](spec& s) { s.timeout = limits{}.longest + 1ns; }},
    {errc::invalid_deadline, [](spec& s) { s.start_within = 0ns; }},
    {errc::invalid_deadline, [](spec& s) { s.start_within = nanos::max(); }},
    {errc::invalid_delay, [](spec& s) { s.delay = -1ns; }},
    {errc::invalid_delay, [](spec& s) { s.delay = nanos::max(); }},
    {errc::invalid_delay, [](spec& s) { s.delay = 1s, s.run_at = wall_time{5s}; }},
    {errc::invalid_attempts, [](spec& s) { s.retry.max_attempts = 0; }},
    {errc::invalid_attempts, [](spec& s) { s.retry.max_attempts = 1001; }},
    {errc::invalid_backoff, [](spec& s) { s.retry.backoff = -1ns; }},
    {errc::invalid_backoff, [](spec& s) { s.retry.max_backoff = nanos::max(); }},
    {errc::invalid_backoff, [](spec& s) { s.retry.factor = 0.5; }},
    {errc::invalid_backoff, [](spec& s) { s.retry.factor = 101; }},
    {errc::invalid_backoff, [](spec& s) { s.retry.factor = std::numeric_limits<double>::quiet_NaN(); }},
    {errc::invalid_backoff, [](spec& s) { s.retry.factor = std::numeric_limits<double>::infinity(); }},
    {errc::invalid_backoff, [](spec& s) { s.retry.jitter = -0.1; }},
    {errc::invalid_backoff, [](spec& s) { s.retry.jitter = 1.1; }},
    {errc::invalid_backoff, [](spec& s) { s.retry.jitter = std::numeric_limits<double>::quiet_NaN(); }},
  };
  for (std::size_t i = 0; i < mistakes.size(); ++i)
    EXPECT_EQ(check(mistakes[i].make, bounds), mistakes[i].code) << i << ": " << to_string(mistakes[i].code);
}

TEST(validate, what_lies_exactly_at_a_limit_is_accepted) {
  EXPECT_EQ(check([](spec& s) { s.name.assign(256, 'x'); }), errc::none);
  EXPECT_EQ(check([](spec& s) { s.queue.assign(128, 'q'); }), errc::none);
  EXPECT_EQ(check([](spec& s) { s.args.assign(64 * 1024, ' '); }), errc::none);
  EXPECT_EQ(check([](spec& s) { s.idempotency_key.assign(256, 'i'); }), errc::none);
  EXPECT_EQ(check([](spec& s) { s.tags.assign(32, "t"); }), errc::none);
  EXPECT_EQ(check([](spec& s) { s.labels.assign(32, std::string(128, 'l')); }), errc::none);
  EXPECT_EQ(check([](spec& s) { s.claims = {exclusive("1/2/3/4/5/6/7/8/9/10/11/12/13/14/15/16")}; }), errc::none);
  EXPECT_EQ(check([](spec& s) { s.timeout = limits{}.longest; }), errc::none);
  EXPECT_EQ(check([](spec& s) { s.timeout = 1ns; }), errc::none);
  EXPECT_EQ(check([](spec& s) { s.retry = {1000, 0ns, 100.0, 0ns, 1.0}; }), errc::none);
  for (int p = -2; p <= 2; ++p)
    EXPECT_EQ(check([p](spec& s) { s.priority = p; }), errc::none);
}

TEST(validate, the_root_and_a_key_below_it_are_no_duplicates) {
  EXPECT_EQ(check([](spec& s) { s.claims = {shared(""), exclusive("a"), shared("a/b")}; }), errc::none);
}

TEST(valid_text, accepts_well_formed_utf8_of_every_length) {
  for (std::string_view good : {"", "plain", "\xc3\xa4", "\xe2\x82\xac", "\xf0\x9f\x98\x80", "\xc2\x80", "\xe0\xa0\x80",
                                "\xed\x9f\xbf", "\xee\x80\x80", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"})
    EXPECT_TRUE(valid_text(good, true)) << good;
}

TEST(valid_text, refuses_broken_overlong_surrogate_and_too_great) {
  for (std::string_view bad : {"\x80", "\xc3", "\xc3(", "\xc0\xaf", "\xc1\xbf", "\xe0\x9f\xbf", "\xe2\x82", "\xed\xa0\x80",
                               "\xed\xbf\xbf", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xfe", "\xff",
                               "ok\xe2\x28\xa1"})
    EXPECT_FALSE(valid_text(bad, true)) << bad;
}

// Eight plain bytes are passed at a time; whatever is not plain must be found wherever it stands.
TEST(valid_text, one_bad_byte_is_found_at_every_place) {
  for (std::size_t size = 1; size <= 20; ++size)
    for (std::size_t at = 0; at < size; ++at)
      for (unsigned byte = 0; byte < 256; ++byte) {
        std::string text(size, ' ');
        text[at] = static_cast<char>(byte);
        EXPECT_EQ(valid_text(text, true), byte >= 0x20 && byte < 0x7f) << size << ", " << at << ", " << byte;
        EXPECT_EQ(valid_text(text, false), byte < 0x80) << size << ", " << at << ", " << byte;
      }
}

TEST(valid_text, control_characters_pass_only_where_they_may) {
  EXPECT_FALSE(valid_text("a\nb", true));
  EXPECT_TRUE(valid_text("a\nb", false));
  EXPECT_FALSE(valid_text("\x1b[31m", true));
  EXPECT_FALSE(valid_text("\x7f", true));
}

} // namespace
} // namespace stint
