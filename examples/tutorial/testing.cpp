/// The tutorial on testing: an application's own kind under a virtual clock, message by message, without a test framework.
#undef NDEBUG // the asserts are the test, in release builds too
#include <cassert>
#include <functional>
#include <iostream>

#include <stint/step_system.hpp>

using namespace std::chrono_literals;

// [kind]
/// What is tested: a kind of the application's own. The mirror is a seam: the test's one is down at first.
stint::registry kinds(const std::function<bool(const std::string&)>& mirror) {
  stint::registry all;
  all.add("fetch", stint::body{[mirror](stint::context& job) {
            return mirror(job.args()) ? stint::succeeded(0, job.args()) : stint::failed("the mirror does not answer");
          }});
  return all;
}
// [kind]

// [retries]
/// Half an hour of back-off passes in no time, and not a moment more than the test says.
void a_fetch_is_tried_again_after_its_back_off() {
  bool up = false;
  stint::test::step_system world;
  stint::options with;
  with.kinds = kinds([&up](const std::string&) { return up; });
  auto tasks = world.spawn_list(with);

  stint::spec what;
  what.name = "fetch";
  what.kind = "fetch";
  what.args = R"("main")";
  what.retry = {.max_attempts = 2, .backoff = 30min, .jitter = 0};
  auto made = world.ask<stint::protocol::submitted>(tasks, stint::protocol::submit{{{what, {}}}});
  assert(made && *made);
  const auto id = (*made)->ids.front();
  const auto task = [&] { return world.ask<stint::task>(tasks, stint::protocol::get{id})->value(); };
  std::cout << "after the first attempt: " << to_string(task().state) << ", " << task().error << "\n";
  assert(task().state == stint::state::scheduled);

  up = true;
  world.advance(29min); // and delivers what has become due: nothing
  std::cout << "29 minutes later: " << to_string(task().state) << "\n";
  assert(task().state == stint::state::scheduled);
  world.advance(1min);
  std::cout << "one more: " << to_string(task().state) << " at attempt " << task().attempt << "\n";
  assert(task().state == stint::state::succeeded && task().errors.size() == 1);
}
// [retries]

// [steps]
/// Between two messages the test can look, and do something at the worst moment.
void a_cancel_that_comes_after_the_work_does_not_undo_it() {
  int fetched = 0;
  stint::test::step_system world;
  stint::options with;
  with.kinds = kinds([&fetched](const std::string&) { return ++fetched > 0; });
  auto tasks = world.spawn_list(with);

  stint::spec what;
  what.name = "fetch";
  what.kind = "fetch";
  auto made = world.begin_ask<stint::protocol::submitted>(tasks, stint::protocol::submit{{{what, {}}}});
  auto ended = world.begin_ask<stint::wait_result>(tasks, stint::protocol::wait{{{1}}}); // the first task of a list is 1
  while (fetched == 0 && world.step()) { // delivers one message; false: there is none
  }
  assert(fetched == 1 && !*ended); // the body has returned, and the list has not heard of it

  auto cancelled = world.begin_ask<stint::protocol::changed>(tasks, stint::protocol::cancel{1});
  world.run(); // all the rest
  assert(*made && *cancelled && *ended);
  std::cout << "cancelled too late: " << to_string((*ended)->value().settled.front().task.state) << "\n";
  assert((*ended)->value().settled.front().task.state == stint::state::succeeded);
}
// [steps]

int main() {
  a_fetch_is_tried_again_after_its_back_off();
  a_cancel_that_comes_after_the_work_does_not_undo_it();
}
