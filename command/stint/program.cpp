#include <stint/program.hpp>

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <system_error>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>

#include <stint/detail/spawn.hpp>
#include <stint/line_marker.hpp>

namespace stint {

namespace {

using detail::fd;

/// Wakes a poll from a stop_callback, which may run on any thread.
class bell {
public:
  bell() : event_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {}
  void ring() const noexcept {
    const std::uint64_t one = 1;
    [[maybe_unused]] auto n = ::write(event_.get(), &one, sizeof one);
  }
  void quiet() const noexcept {
    std::uint64_t count = 0;
    [[maybe_unused]] auto n = ::read(event_.get(), &count, sizeof count);
  }
  [[nodiscard]] int get() const noexcept { return event_.get(); }
  explicit operator bool() const noexcept { return static_cast<bool>(event_); }

private:
  fd event_;
};

/// A deadline that poll can wait for; it needs no reading of a clock.
class alarm_clock {
public:
  alarm_clock() : timer_(::timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK)) {}
  void set(nanos after) const {
    const auto ns = after.count() > 0 ? after.count() : 1; // zero would disarm it
    itimerspec when{};
    when.it_value.tv_sec = ns / 1'000'000'000;
    when.it_value.tv_nsec = ns % 1'000'000'000;
    ::timerfd_settime(timer_.get(), 0, &when, nullptr);
  }
  /// Tells whether it has gone off since it was last asked.
  [[nodiscard]] bool rang() const {
    std::uint64_t count = 0;
    return ::read(timer_.get(), &count, sizeof count) > 0;
  }
  [[nodiscard]] int get() const noexcept { return timer_.get(); }
  explicit operator bool() const noexcept { return static_cast<bool>(timer_); }

private:
  fd timer_;
};

class process {
public:
  process(const program_policy& policy, const program_listener& heard)
      : policy_(policy), heard_(heard), marker_(policy.longest_line) {}

  program_end run(const program& what, const std::stop_token& stop) {
    program_end end;
    end.what = program_end::how::not_started;
    if (stop.stop_requested() || policy_.kill_now.stop_requested()) {
      end.stopped = true;
      end.number = ECANCELED;
      end.text = "stopped before it was started";
      return end;
    }
    // Before there is a process: without these nobody could stop it.
    if (!bell_ || !alarm_) {
      end.number = errno;
      end.text = "cannot watch a program: " + std::generic_category().message(end.number);
      return end;
    }
    auto started = detail::spawn(what);
    if (started.pid < 0) {
      end.number = started.error;
      end.text = std::move(started.text);
      return end;
    }
    pid_ = started.pid;
    out_ = std::move(started.out);
    err_ = std::move(started.err);
    guard_ = std::move(started.guard);
    pidfd_ = fd{static_cast<int>(::syscall(SYS_pidfd_open, pid_, 0))};
    return watch(stop);
  }

private:
  enum class life : unsigned char { running, ended, lost };

  program_end watch(const std::stop_token& stop) {
    std::stop_callback on_stop{stop, [this] { bell_.ring(); }};
    std::stop_callback on_kill{policy_.kill_now, [this] { bell_.ring(); }};
    while (life_ == life::running || open()) {
      wait();
      if (life_ == life::running)
        look(); // before any signal: what ended by itself was not stopped
      if (life_ == life::running)
        heed(stop);
      const bool rang = alarm_.rang();
      if (life_ == life::running) {
        if (rang)
          kill_group();
      } else if (rang || (policy_.kill_now.stop_requested() && !given_up_)) {
        if (!give_up())
          break;
      }
    }
    // Also what closed its output and went on. While the first process is not reaped, its group cannot be another's.
    if (life_ == life::ended)
      ::kill(-pid_, SIGKILL);
    marker_.finish(text_);
    tell();
    return reap();
  }

  [[nodiscard]] bool open() const { return out_ || err_; }

  void wait() {
    const bool rests = must_rest();
    pollfd all[] = {{rests ? -1 : out_.get(), POLLIN, 0},
                    {rests ? -1 : err_.get(), POLLIN, 0},
                    {bell_.get(), POLLIN, 0},
                    {alarm_.get(), POLLIN, 0},
                    {life_ == life::running ? pidfd_.get() : -1, POLLIN, 0}};
    const bool must_ask = life_ == life::running && !pidfd_;
    if (::poll(all, std::size(all), rests ? 1 : must_ask ? 20 : -1) < 0)
      return; // EINTR: everything is looked at again
    if (all[0].revents != 0)
      read(out_, stream::out);
    if (all[1].revents != 0)
      read(err_, stream::err);
    if (all[2].revents != 0)
      bell_.quiet();
    tell();
  }

  /// Whether to leave the output where it is for a millisecond. What has ended, or is told to, has no more to wait for.
  bool must_rest() {
    if (life_ != life::running || stopped_ || !open() || !policy_.crowded || !policy_.crowded()) {
      rested_ = nanos{0};
      return false;
    }
    rested_ += std::chrono::milliseconds{1};
    return rested_ <= policy_.patience;
  }

  /// Reads once: a stream that never dries up must not keep us from the others.
  void read(fd& from, stream which) {
    char buffer[16 * 1024];
    const auto n = ::read(from.get(), buffer, sizeof buffer);
    if (n > 0)
      marker_.feed(which, {buffer, static_cast<std::size_t>(n)}, text_);
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
      from.reset();
  }

  void tell() {
    if (!text_.empty() && heard_)
      heard_(text_);
    text_.clear();
  }

  /// Looks whether the first process has ended, and leaves it unreaped: so long its number stays its own.
  void look() {
    siginfo_t info{};
    if (::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOHANG | WNOWAIT) != 0) {
      if (errno != ECHILD)
        return;
      life_ = life::lost;
    } else if (info.si_pid == pid_) {
      life_ = life::ended;
    } else {
      return;
    }
    // After a SIGTERM the others in the group have what is left of their grace.
    if (!stopped_ || killed_)
      alarm_.set(policy_.drain);
  }

  void heed(const std::stop_token& stop) {
    if (!killed_ && policy_.kill_now.stop_requested()) {
      kill_group();
    } else if (!stopped_ && stop.stop_requested()) {
      stopped_ = true;
      ::kill(-pid_, SIGTERM);
      ::kill(-pid_, SIGCONT); // a stopped process could not even end
      alarm_.set(policy_.kill_after);
    }
  }

  void kill_group() {
    stopped_ = killed_ = true;
    ::kill(-pid_, SIGKILL);
  }

  /// The time of those who outlived the first process is up. False: they were killed before, and still hold the pipes
  /// (only who left the group can): waiting longer would be for ever.
  bool give_up() {
    if (given_up_ || life_ == life::lost)
      return false;
    given_up_ = true;
    ::kill(-pid_, SIGKILL);
    alarm_.set(policy_.drain);
    return true;
  }

  program_end reap() {
    program_end end;
    end.stopped = stopped_;
    int status = 0;
    pid_t got = 0;
    do
      got = ::waitpid(pid_, &status, 0);
    while (got < 0 && errno == EINTR);
    if (got != pid_) {
      end.what = program_end::how::lost;
      end.text = "its exit status went to somebody else: does this process ignore SIGCHLD?";
    } else if (WIFEXITED(status)) {
      end.number = WEXITSTATUS(status);
    } else {
      end.what = program_end::how::killed;
      end.number = WTERMSIG(status);
    }
    return end;
  }

  pid_t pid_ = -1;
  fd out_, err_, pidfd_;
  detail::group_guard guard_;
  const program_policy& policy_;
  const program_listener& heard_;
  line_marker marker_;
  std::string text_;
  bell bell_;
  alarm_clock alarm_;
  nanos rested_{0}; ///< at a stretch
  life life_ = life::running;
  bool stopped_ = false;  ///< SIGTERM was sent
  bool killed_ = false;   ///< SIGKILL was sent
  bool given_up_ = false; ///< the survivors' time is up
};

} // namespace

program_end run_program(const program& what, const program_policy& policy, const std::stop_token& stop,
                        const program_listener& heard) {
  return process{policy, heard}.run(what, stop);
}

} // namespace stint
