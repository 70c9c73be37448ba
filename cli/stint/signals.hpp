/// The signals that end the program or resize its window, as something to poll for instead of handlers.
///
/// Owner    the program's first function, before any other thread is made: threads inherit what is blocked.
/// Threads  next() from one thread.
/// Errors   std::system_error when the kernel gives no descriptor.
/// Order    programs that tasks run have nothing blocked: stint::command sees to that.
#pragma once

namespace stint::cli {

class signals {
public:
  /// Blocks SIGINT, SIGTERM, SIGHUP, SIGQUIT and SIGWINCH in this thread, and has SIGPIPE ignored.
  signals();
  signals(const signals&) = delete;
  signals& operator=(const signals&) = delete;
  ~signals();

  /// Readable when a signal has come.
  [[nodiscard]] int descriptor() const noexcept { return descriptor_; }

  /// Takes the next signal; 0: there is none.
  int next();

private:
  int descriptor_;
};

} // namespace stint::cli
