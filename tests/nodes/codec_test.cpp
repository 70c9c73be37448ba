// What crosses a socket comes back as it went, and whatever else comes in is refused by name.
#include <gtest/gtest.h>

#include <random>

#include <stint/frames.hpp>
#include <stint/questions.hpp>

namespace stint {
namespace {

using namespace std::chrono_literals;

TEST(codec, a_spec_comes_back_as_it_went) {
  spec s;
  s.name = "n\xff\0x"; // any bytes
  s.kind = "command";
  s.args = R"({"command":["true"]})";
  s.claims = {exclusive("a/b"), units("cpu", 3)};
  s.priority = -2;
  s.timeout = 5s;
  s.run_at = wall_time{1'700'000'000s};
  s.retry.jitter = 0.123456789;
  s.tags = {"t"};
  s.labels = {"gpu", "l\xff"};
  auto back = wire::decode<wire::submit>(wire::encode(wire::submit{{s}}));
  ASSERT_TRUE(back) << to_string(back.error());
  EXPECT_EQ(back->tasks, std::vector<spec>{s});
}

TEST(codec, output_may_be_any_bytes) {
  std::string all;
  for (int i = 0; i < 256; ++i)
    all += static_cast<char>(i);
  auto back = wire::decode<output_piece>(wire::encode(output_piece{UINT64_MAX, all, 1, 2, 3}));
  ASSERT_TRUE(back) << to_string(back.error());
  EXPECT_EQ(back->text, all);
  EXPECT_EQ(back->offset, UINT64_MAX);
}

TEST(codec, a_newer_member_is_passed_over_and_a_missing_one_has_its_default) {
  auto h = wire::decode<wire::hello>(R"({"slots":4,"colour":{"of":["the","future"]}})");
  ASSERT_TRUE(h);
  EXPECT_EQ(h->slots, 4U);
  EXPECT_EQ(h->role, wire::role::client);
}

TEST(codec, labels_travel_when_there_are_any_and_an_older_peer_has_none) {
  spec s;
  s.name = "n";
  EXPECT_EQ(wire::encode(s).find("labels"), std::string::npos);
  EXPECT_TRUE(wire::decode<spec>(R"({"name":"n"})")->labels.empty());
  const wire::hello h{wire::role::node, "n", {"k"}, {"big", "gpu"}, 2, 3, 4};
  EXPECT_EQ(wire::decode<wire::hello>(wire::encode(h))->labels, h.labels);
  EXPECT_TRUE(wire::decode<wire::hello>(R"({"kinds":["k"]})")->labels.empty());
  peer_info p;
  p.labels = {"gpu"};
  EXPECT_EQ(wire::decode<peer_info>(wire::encode(p))->labels, p.labels);
  task t;
  t.labels = {"gpu"};
  EXPECT_EQ(*wire::decode<task>(wire::encode(t)), t);
  EXPECT_EQ(wire::decode<spec>(R"({"labels":"gpu"})").code(), errc::bad_message);
}

TEST(codec, a_report_says_what_its_body_printed_and_an_older_one_nothing) {
  wire::report r;
  r.printed = UINT64_MAX;
  EXPECT_EQ(wire::decode<wire::report>(wire::encode(r))->printed, UINT64_MAX);
  EXPECT_EQ(wire::decode<wire::report>(R"({"what":1,"id":7})")->printed, 0U);
  EXPECT_EQ(wire::decode<wire::report>(R"({"printed":-1})").code(), errc::bad_message);
}

TEST(codec, what_is_of_another_shape_is_refused) {
  for (const char* bytes : {"", "{", "[]", "7", R"({"slots":-1})", R"({"slots":4294967296})", R"({"slots":1.5})",
                            R"({"role":7})", R"({"kinds":"k"})", R"({"kinds":[1]})", R"({"slots":1} x)",
                            "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[["})
    EXPECT_EQ(wire::decode<wire::hello>(bytes).code(), errc::bad_message) << bytes;
  EXPECT_EQ(wire::decode<wire::hello>(std::string(wire::frame_limit + 1, ' ')).code(), errc::bad_message);
}

TEST(codec, damaged_bytes_are_a_value_or_an_error_and_never_more) {
  const auto good = wire::encode(wire::start{{{1, 2, 3, 4, 5, "name", "command", "{}"}}});
  std::mt19937 dice{1};
  std::size_t refused = 0;
  for (int i = 0; i < 20'000; ++i) {
    auto bad = good;
    for (auto n = dice() % 4 + 1; n != 0; --n)
      bad[dice() % bad.size()] = static_cast<char>(dice());
    bad.resize(bad.size() - dice() % 3);
    refused += wire::decode<wire::start>(bad) ? 0 : 1;
  }
  EXPECT_GT(refused, 1'000U);
}

} // namespace
} // namespace stint
