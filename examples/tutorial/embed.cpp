/// The tutorial on embedding: a CAF program with its own configuration, message types, actors and one scheduler thread.
#include <iostream>
#include <latch>

#include <caf/event_based_actor.hpp>
#include <stint/stint.hpp>

// [types]
/// A message type of the application's own, as it had it before it met stint.
struct package_arrived {
  std::string name;
};

CAF_BEGIN_TYPE_ID_BLOCK(shop, caf::first_custom_type_id)
CAF_ADD_TYPE_ID(shop, (package_arrived))
CAF_END_TYPE_ID_BLOCK(shop)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(package_arrived)
// [types]

// [config]
class shop_config : public caf::actor_system_config {
public:
  shop_config() {
    stint::caf_shim::register_types<caf::id_block::shop>(*this); // CAF 1.x wants it; nothing in 0.17
    stint::caf_shim::set_option(*this, "scheduler.max-threads", 1);
    stint::configure(*this); // the one line that stint needs
  }
};
// [config]

// [kinds]
/// Bodies that are submitted by name; `check` refuses bad args before anything happens.
stint::registry kinds() {
  stint::kind index;
  index.run = [](stint::context& job) { job.print("indexing " + job.args() + "\n"); };
  index.check = [](const std::string& args) -> stint::result<stint::unit_t> {
    if (args.empty())
      return {stint::errc::malformed_args, "which package?"};
    return stint::unit;
  };
  stint::registry all;
  all.add("index", index);
  return all;
}
// [kinds]

// [actor]
/// Submits a task for each package and waits for its end without blocking; `list` is tasks.actor().
caf::behavior receiver(caf::event_based_actor* self, caf::actor list, std::latch* done) {
  return {[=](const package_arrived& p) {
    stint::spec what;
    what.name = "index " + p.name;
    what.kind = "index";
    what.args = p.name.empty() ? "" : "\"" + p.name + "\"";
    auto ended = [=](const stint::protocol::submitted& made) {
      stint::caf_shim::ask(*self, list, stint::protocol::wait{{made.ids}}).then([=](const stint::wait_result& r) {
        for (const auto& w : r.settled)
          std::cout << w.task.name << ": " << to_string(w.task.state) << "\n";
        done->count_down();
      });
    };
    auto refused = [=](const caf::error& e) {
      std::cout << to_string(stint::from_caf(e)) << "\n";
      done->count_down();
    };
    stint::caf_shim::ask(*self, list, stint::protocol::submit{{{what, {}}}}).then(ended, refused);
  }};
}
// [actor]

// [embed]
int main() {
  std::latch done{1};
  std::latch refused{1};
  shop_config cfg;
  caf::actor_system system{cfg};
  stint::options with;
  with.workers = 2; // threads of their own: a body that blocks never holds up CAF's one scheduler thread
  with.kinds = kinds();
  stint::list tasks{system, std::move(with)};

  auto first = system.spawn(receiver, tasks.actor(), &done);
  stint::caf_shim::anon_tell(first, package_arrived{"hello_2.10-3"});
  done.wait();
  auto second = system.spawn(receiver, tasks.actor(), &refused);
  stint::caf_shim::anon_tell(second, package_arrived{});
  refused.wait();
  std::cout << tasks.output(1)->text;
}
// [embed]
