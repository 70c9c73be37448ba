/// What only dispatches: Boost.Asio's thread_pool and strands, oneTBB's task_group. No ids, no states: an upper line.
///
/// Owner    a bench; each call makes its own pool and returns when all has run and the pool has ended.
/// Threads  the pool's; tasks run on `workers` threads, of which TBB counts the caller's as one.
#pragma once

#include <cstddef>
#include <functional>

namespace stint::bench {

/// Posts `tasks` times `run` to a thread pool.
void asio_posts(std::size_t workers, std::size_t tasks, const std::function<void()>& run);

/// Posts task i to strand i % keys.
void asio_strands(std::size_t workers, std::size_t tasks, std::size_t keys, const std::function<void()>& run);

/// Runs `tasks` times `run` in a task group.
void tbb_group(std::size_t workers, std::size_t tasks, const std::function<void()>& run);

} // namespace stint::bench
