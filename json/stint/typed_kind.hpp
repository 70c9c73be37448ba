/// Registers a kind whose body takes a struct, and whose args are checked when a task is submitted.
///
/// Owner    the registry, which goes into options.kinds.
/// Threads  the body and the check are called from several threads at once.
/// Errors   a submission with args that do not fit is refused with malformed_args and their path; the body never sees
///          such. Args of an older program that are read from a store are checked again: then the attempt is discarded.
/// Example  stint::json::add_kind<publish_args>(opts.kinds, "publish", [](stint::context& job, const publish_args& a) {
///            return publish(job, a);
///          });
#pragma once

#include <concepts>
#include <functional>
#include <string>
#include <utility>

#include <stint/body.hpp>
#include <stint/context.hpp>
#include <stint/typed_args.hpp>

namespace stint::json {

/// Makes a kind of a callable (context&, const Args&) that returns an outcome, or nothing (which is success).
template <class Args, class F>
  requires std::invocable<F&, context&, const Args&>
kind typed_kind(F f) {
  kind k;
  k.check = [](const std::string& text) -> result<unit_t> {
    auto args = args_as<Args>(text);
    if (!args)
      return args.error();
    return unit;
  };
  k.run = body{[f = std::move(f)](context& job) mutable -> outcome {
    auto args = args_as<Args>(job.args());
    if (!args)
      return discarded(to_string(args.error()));
    if constexpr (std::is_invocable_r_v<outcome, F&, context&, const Args&>) {
      return f(job, *args);
    } else {
      f(job, *args);
      return succeeded();
    }
  }};
  return k;
}

/// Registers it; a name that is taken throws start_error.
template <class Args, class F>
registry& add_kind(registry& kinds, std::string name, F f) {
  return kinds.add(std::move(name), typed_kind<Args>(std::move(f)));
}

/// Gives a spec of a typed kind; `args` become its JSON text.
template <class Args>
spec spec_of(std::string kind, std::string name, const Args& args) {
  spec s;
  s.kind = std::move(kind);
  s.name = std::move(name);
  s.args = to_args(args);
  return s;
}

} // namespace stint::json
