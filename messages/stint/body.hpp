/// The code that runs: a C++ callable, or the kind it is registered under, and how it behaves towards threads.
///
/// Owner    shared by the list and by the attempts that run it; gone when its task has ended.
/// Threads  a body runs on a runner's thread (blocking), on CAF's scheduler (cooperative: short, never blocks), or
///          returns at once and keeps a promise later (asynchronous). Two attempts may run one body at the same time.
/// Errors   kind_registered_twice, body_missing.
#pragma once

#include <concepts>
#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <stint/error.hpp>
#include <stint/outcome.hpp>
#include <stint/spec.hpp>

namespace stint {

class context;
class promise;

/// A mistake at start-up, told at once: an unconfigured system, a kind registered twice, an option out of range.
class start_error : public std::runtime_error {
public:
  explicit start_error(error e) : std::runtime_error(to_string(e)), error_(std::move(e)) {}
  [[nodiscard]] const stint::error& what_went_wrong() const noexcept { return error_; }
  [[nodiscard]] errc code() const noexcept { return error_.code; }

private:
  stint::error error_;
};

enum class body_style : std::uint8_t { blocking, cooperative, asynchronous };

/// What is run. Copies share one piece of code; making a body from a callable is the only allocation.
class body {
public:
  body() = default;

  /// Takes any callable: with or without a context, returning an outcome or nothing (which is success). An empty
  /// std::function or null function pointer makes no body.
  template <class F>
    requires(!std::same_as<std::remove_cvref_t<F>, body>
             && (std::invocable<F&, context&> || std::invocable<F&>))
  body(F f) { // NOLINT: implicit on purpose
    if constexpr (std::is_pointer_v<F> || requires { typename F::result_type; f.target_type(); })
      if (!f)
        return;
    *this = body{body_style::blocking, std::move(f)};
  }

  explicit operator bool() const noexcept { return code_ != nullptr; }

  [[nodiscard]] body_style style() const noexcept { return code_->style; }

  /// Runs a blocking or cooperative body.
  outcome run(context& job) const { return code_->run(job); }

  /// Begins an asynchronous body, which takes the promise.
  void begin(context& job, promise& owed) const { code_->begin(job, owed); }

  /// The same code without a share in it, for those who know that it outlives them: copying costs no atomic.
  [[nodiscard]] body borrowed() const noexcept {
    body b;
    b.code_ = std::shared_ptr<const code>{std::shared_ptr<const code>{}, code_.get()};
    return b;
  }

private:
  struct code {
    explicit code(body_style s) : style(s) {}
    code(const code&) = delete;
    code& operator=(const code&) = delete;
    virtual ~code() = default;
    virtual outcome run(context&) const { return failed("an asynchronous body is begun, not run"); }
    virtual void begin(context&, promise&) const {}
    body_style style;
  };

  template <class F>
  struct callable final : code {
    callable(body_style s, F f) : code(s), fn(std::move(f)) {}
    outcome run(context& job) const override {
      if constexpr (std::is_invocable_r_v<outcome, F&, context&>) {
        return fn(job);
      } else if constexpr (std::invocable<F&, context&>) {
        fn(job);
        return succeeded();
      } else if constexpr (std::is_invocable_r_v<outcome, F&>) {
        return fn();
      } else {
        fn();
        return succeeded();
      }
    }
    mutable F fn;
  };

  template <class F>
  struct beginning final : code {
    explicit beginning(F f) : code(body_style::asynchronous), fn(std::move(f)) {}
    void begin(context& job, promise& owed) const override { fn(job, std::move(owed)); }
    mutable F fn;
  };

  template <class F>
  body(body_style s, F f) : code_(std::make_shared<const callable<F>>(s, std::move(f))) {}

  template <class F>
  friend body cooperative(F f);
  template <class F>
    requires std::invocable<F&, context&, promise>
  friend body asynchronous(F f);

  std::shared_ptr<const code> code_;
};

/// A body that is short and never blocks: it runs on CAF's scheduler, without a hand-over to another thread.
template <class F>
body cooperative(F f) {
  return body{body_style::cooperative, std::move(f)};
}

/// A body that returns at once and keeps its promise later, such as one that asks other actors.
template <class F>
  requires std::invocable<F&, context&, promise>
body asynchronous(F f) {
  body b;
  b.code_ = std::make_shared<const body::beginning<F>>(std::move(f));
  return b;
}

/// A registered name and what it stands for.
struct kind {
  body run;
  bool at_most_once = false; ///< after a death its task ends as failed(interrupted) instead of running again
  /// Checks the args of a submission; an error refuses it. Runs in the list, at times on the thread that submits.
  std::function<result<unit_t>(const std::string& args)> check;
};

/// The kinds that this process can run.
class registry {
public:
  /// Adds a kind; a name that is taken, and a kind without a body, throw start_error.
  registry& add(std::string name, kind k) {
    if (!k.run)
      throw start_error{{errc::body_missing, "kind '" + name + "'"}};
    if (!kinds_.emplace(name, std::make_shared<const kind>(std::move(k))).second)
      throw start_error{{errc::kind_registered_twice, "'" + name + "'"}};
    return *this;
  }
  registry& add(std::string name, body b) { return add(std::move(name), kind{std::move(b), false, {}}); }

  /// Returns a kind, which lives as long as a registry that has it, or null.
  [[nodiscard]] const kind* find(const std::string& name) const {
    auto i = kinds_.find(name);
    return i == kinds_.end() ? nullptr : i->second.get();
  }

  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> out;
    for (const auto& [name, k] : kinds_)
      out.push_back(name);
    return out;
  }

private:
  std::map<std::string, std::shared_ptr<const kind>> kinds_;
};

/// One task of a submission: a spec with a kind, or with a body.
struct submission {
  spec what;
  body run; ///< empty: the spec has a kind
};

} // namespace stint
