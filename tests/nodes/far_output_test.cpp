// What commands print on a node reaches its owner's log: all of it when the log has room, beginning and end else.
#include <gtest/gtest.h>

#include <stint/command_kind.hpp>
#include <stint/list.hpp>
#include <stint/published.hpp>
#include <stint/worker_node.hpp>

#include "plain_config.hpp"

namespace stint::test {
namespace {

using namespace std::chrono_literals;

struct far_output : testing::Test {
  static options with(std::size_t room) {
    options o;
    o.only_nodes = true;
    o.limits.output = room;
    o.limits.output_total = 2 * room;
    add_command(o.kinds);
    o.kinds.add("prints", body{[] {}});
    return o;
  }
  static registry kinds() {
    registry k;
    command_options patient;
    patient.policy.patience = 1h; // however slow the machine is
    add_command(k, std::move(patient));
    k.add("prints", body{[](context& job) {
            for (int i = 1; i <= lines; ++i)
              job.print(std::to_string(i) + "\n");
          }});
    return k;
  }
  /// All that the list has of it.
  static std::string text_of(list& tasks, task_id id) {
    std::string all;
    for (std::uint64_t from = 0;;) {
      const auto p = tasks.output(id, from);
      if (!p || p->text.empty())
        return all;
      all += p->text;
      from = p->next;
    }
  }
  static std::string numbers() {
    std::string all;
    for (int i = 1; i <= lines; ++i)
      all += std::to_string(i) + "\n";
    return all;
  }

  static constexpr int lines = 700'000; // 4.8 MB
  plain_config owner_config, node_config;
  caf::actor_system owner{owner_config}, there{node_config};
};

TEST_F(far_output, of_commands_that_print_fast_is_whole_where_there_is_room) {
  list tasks{owner, with(8'000'000)};
  published here{owner, tasks.actor(), {}};
  worker_node node{there, at{"127.0.0.1", here.port()}, kinds(), 2U};
  std::vector<submission> two(2, {command_spec("seq", {{"seq", "1", std::to_string(lines)}, {}, {}}), {}});
  const auto made = tasks.submit(std::move(two));
  ASSERT_TRUE(made);
  ASSERT_TRUE(tasks.wait(made->ids, wait_for::all, 60s));
  for (const auto id : made->ids)
    EXPECT_TRUE(text_of(tasks, id) == numbers()) << id << ": " << tasks.output(id)->total << " bytes, the first "
                                                 << text_of(tasks, id).substr(0, 100);
}

TEST_F(far_output, keeps_beginning_and_end_of_one_that_cannot_wait) {
  list tasks{owner, with(1'000)};
  published here{owner, tasks.actor(), {}};
  worker_node node{there, at{"127.0.0.1", here.port()}, kinds(), 1U};
  spec s;
  s.name = s.kind = "prints";
  const auto id = tasks.submit(std::move(s));
  ASSERT_TRUE(id);
  ASSERT_TRUE(tasks.wait(*id, 60s));
  const auto said = text_of(tasks, *id), all = numbers();
  EXPECT_EQ(said, all.substr(0, 500) + all.substr(all.size() - 500));
}

} // namespace
} // namespace stint::test
