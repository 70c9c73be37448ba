#include <rivals/dispatchers.hpp>

#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>
#include <oneapi/tbb/task_arena.h>
#include <oneapi/tbb/task_group.h>

namespace stint::bench {

namespace asio = boost::asio;

void asio_posts(std::size_t workers, std::size_t tasks, const std::function<void()>& run) {
  asio::thread_pool pool{workers};
  for (std::size_t i = 0; i < tasks; ++i)
    asio::post(pool, [&run] { run(); });
  pool.join();
}

void asio_strands(std::size_t workers, std::size_t tasks, std::size_t keys, const std::function<void()>& run) {
  asio::thread_pool pool{workers};
  std::vector<asio::strand<asio::thread_pool::executor_type>> strands;
  for (std::size_t k = 0; k < keys; ++k)
    strands.push_back(asio::make_strand(pool));
  for (std::size_t i = 0; i < tasks; ++i)
    asio::post(strands[i % keys], [&run] { run(); });
  pool.join();
}

void tbb_group(std::size_t workers, std::size_t tasks, const std::function<void()>& run) {
  // One of them is the caller's thread, which submits while the others work and then helps them.
  oneapi::tbb::task_arena arena{static_cast<int>(workers), 1};
  arena.execute([&] {
    oneapi::tbb::task_group group;
    for (std::size_t i = 0; i < tasks; ++i)
      group.run([&run] { run(); });
    group.wait();
  });
}

} // namespace stint::bench
