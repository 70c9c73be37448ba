// Stanzas: the sample is cut as Debian means it, odd ones are noticed, and the selection shares packages out.
#include "publish_sample.hpp"

#include <set>
#include <vector>

#include <stanza.hpp>

namespace {

using namespace publisher;
using namespace publish_sample;

std::vector<stanza> all_of(std::string_view text) {
  stanza_reader reader{text};
  std::vector<stanza> out;
  for (stanza s; reader.next(s);)
    out.push_back(s);
  return out;
}

TEST(stanza_reader, finds_every_stanza_of_the_sample_and_loses_no_byte) {
  const auto stanzas = all_of(sample());
  ASSERT_EQ(stanzas.size(), sample_packages);
  std::string joined;
  for (const auto& s : stanzas) {
    EXPECT_TRUE(s.usable()) << s.text;
    EXPECT_FALSE(s.section.empty());
    joined.append(s.text) += '\n';
  }
  EXPECT_EQ(joined, sample());
}

TEST(stanza_reader, reads_the_fields_of_a_real_stanza) {
  const auto first = all_of(sample()).front();
  EXPECT_EQ(first.package, "7zip");
  EXPECT_EQ(first.architecture, "amd64");
  EXPECT_EQ(first.section, "utils");
  EXPECT_FALSE(first.version.empty());
}

TEST(stanza_reader, knows_fields_in_any_case_and_order) {
  const auto s = all_of("VERSION:1\npackage:   a  \nSection:x/net\nArchitecture: all\n");
  ASSERT_EQ(s.size(), 1u);
  EXPECT_EQ(s[0].package, "a");
  EXPECT_EQ(s[0].version, "1");
  EXPECT_EQ(s[0].section, "x/net");
  EXPECT_TRUE(s[0].usable());
}

TEST(stanza_reader, takes_no_continued_line_and_no_longer_name_for_a_field) {
  const auto s = all_of("Package: a\nDescription: b\n Package: c\nPackages: d\nPackage-Type: udeb\n");
  ASSERT_EQ(s.size(), 1u);
  EXPECT_EQ(s[0].package, "a");
}

TEST(stanza_reader, skips_empty_lines_wherever_they_are) {
  EXPECT_EQ(all_of("\n\n\nPackage: a\n\n\n\nPackage: b").size(), 2u);
  EXPECT_TRUE(all_of("").empty());
  EXPECT_TRUE(all_of("\n\n").empty());
}

TEST(stanza, without_its_fields_is_not_usable) {
  for (const auto* text : {"Package: a\nVersion: 1\n", "Package: a\nArchitecture: all\n",
                           "Version: 1\nArchitecture: all\n", "Package:\nVersion: 1\nArchitecture: all\n"})
    EXPECT_FALSE(all_of(text).at(0).usable()) << text;
}

TEST(stanza, an_architecture_that_would_lead_elsewhere_is_not_usable) {
  for (const std::string name : {"../../etc", "a/b", ".", "AMD64", "a b", "\x1b[2J"})
    EXPECT_FALSE(all_of("Package: a\nVersion: 1\nArchitecture: " + name + "\n").at(0).usable()) << name;
}

TEST(selection, the_distributions_share_all_packages_but_a_sixteenth) {
  const auto stanzas = all_of(sample());
  std::set<std::string_view> ever;
  for (std::uint32_t round = 0; round < 2; ++round) {
    std::size_t taken = 0;
    for (const auto& s : stanzas) {
      int takers = 0;
      for (std::uint32_t d = 0; d < 4; ++d)
        takers += selection{d, 4, round}.takes(s);
      EXPECT_LE(takers, 1);
      taken += static_cast<std::size_t>(takers);
      if (takers != 0)
        ever.insert(s.text);
    }
    EXPECT_GT(taken, sample_packages * 7 / 8);
    EXPECT_LT(taken, sample_packages);
  }
  EXPECT_EQ(ever.size(), sample_packages) << "what one round withholds the next one has";
}

TEST(selection, two_rounds_never_publish_the_same) {
  const auto stanzas = all_of(sample());
  for (std::uint32_t d = 0; d < 4; ++d) {
    std::size_t different = 0;
    for (const auto& s : stanzas)
      different += selection{d, 4, 0}.takes(s) != selection{d, 4, 1}.takes(s);
    EXPECT_GT(different, 0u);
  }
}

TEST(stable_hash, is_the_published_fnv_1a) {
  EXPECT_EQ(stable_hash(""), 0x811c9dc5U);
  EXPECT_EQ(stable_hash("a"), 0xe40c292cU);
  EXPECT_EQ(stable_hash("foobar"), 0xbf9cf968U);
}

} // namespace
