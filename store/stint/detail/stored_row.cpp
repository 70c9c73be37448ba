#include <stint/detail/stored_row.hpp>

#include <array>
#include <bit>
#include <concepts>
#include <type_traits>

namespace stint::detail {

namespace {

constexpr char format = 1;

class writer {
public:
  explicit writer(std::string& out) : out_(out) {}
  template <class T>
    requires std::is_unsigned_v<T>
  void operator()(const T& n) { write_number(out_, n); }
  template <class T>
    requires std::is_signed_v<T> && std::is_integral_v<T>
  void operator()(const T& n) {
    const auto v = static_cast<std::int64_t>(n);
    write_number(out_, (static_cast<std::uint64_t>(v) << 1) ^ static_cast<std::uint64_t>(v >> 63));
  }
  void operator()(const double& d) { write_number(out_, std::bit_cast<std::uint64_t>(d)); }
  void operator()(const nanos& d) { (*this)(std::int64_t{d.count()}); }
  void operator()(const std::string& s) {
    write_number(out_, s.size());
    out_ += s;
  }

private:
  std::string& out_;
};

/// The same calls as the writer's, the other way; after a mistake `good` is false and nothing more is read.
class reader {
public:
  explicit reader(std::string_view in) : in_(in) {}
  template <class T>
    requires std::is_unsigned_v<T>
  void operator()(T& n) {
    const auto v = number();
    n = static_cast<T>(v);
    good = good && n == v;
  }
  template <class T>
    requires std::is_signed_v<T> && std::is_integral_v<T>
  void operator()(T& n) {
    const auto v = number();
    const auto whole = static_cast<std::int64_t>((v >> 1) ^ (~(v & 1) + 1));
    n = static_cast<T>(whole);
    good = good && n == whole;
  }
  void operator()(double& d) { d = std::bit_cast<double>(number()); }
  void operator()(nanos& d) {
    std::int64_t n = 0;
    (*this)(n);
    d = nanos{n};
  }
  void operator()(std::string& s) {
    const auto size = number();
    if (!good || size > in_.size()) {
      good = false;
      return;
    }
    s.assign(in_.substr(0, size));
    in_.remove_prefix(size);
  }
  [[nodiscard]] bool at_end() const { return in_.empty(); }
  [[nodiscard]] std::size_t left() const { return in_.size(); }

  bool good = true;

private:
  std::uint64_t number() {
    const auto n = good ? read_number(in_) : std::nullopt;
    good = n.has_value();
    return n.value_or(0);
  }

  std::string_view in_;
};

/// A moment, told from the submission.
void moment_of(writer& w, const wall_time& t, wall_time from) { w(nanos{t - from}); }
void moment_of(reader& r, wall_time& t, wall_time from) {
  nanos d{0};
  r(d);
  t = from + d;
}

template <class Io, class T>
void value_of(Io& io, T& v, wall_time) { io(v); }
template <class Io>
void value_of(Io& io, const wall_time& v, wall_time from) { moment_of(io, v, from); }
template <class Io>
void value_of(Io& io, wall_time& v, wall_time from) { moment_of(io, v, from); }
template <class Io>
void value_of(Io& io, const std::optional<wall_time>& v, wall_time from) { moment_of(io, *v, from); }
template <class Io>
void value_of(Io& io, std::optional<wall_time>& v, wall_time from) { moment_of(io, v.emplace(), from); }
template <class Io>
void value_of(Io& io, const std::optional<nanos>& v, wall_time) { io(*v); }
template <class Io>
void value_of(Io& io, std::optional<nanos>& v, wall_time) { io(v.emplace()); }

void value_of(writer& w, const bool&, wall_time) { static_cast<void>(w); } // that it differs says it
void value_of(reader&, bool& v, wall_time) { v = true; }

template <class Io, class P>
  requires std::same_as<std::remove_const_t<P>, progress>
void value_of(Io& io, P& p, wall_time) {
  io(p.done);
  io(p.total);
  io(p.text);
}

template <class Io, class P>
  requires std::same_as<std::remove_const_t<P>, retry_policy>
void value_of(Io& io, P& p, wall_time) {
  io(p.max_attempts);
  io(p.backoff);
  io(p.factor);
  io(p.max_backoff);
  io(p.jitter);
}

template <class Io, class C>
  requires std::same_as<std::remove_const_t<C>, claim>
void value_of(Io& io, C& c, wall_time) {
  io(c.key);
  auto mode = static_cast<std::uint8_t>(c.mode);
  io(mode);
  if constexpr (!std::is_const_v<C>) {
    io.good = io.good && mode <= static_cast<std::uint8_t>(claim_mode::units);
    c.mode = static_cast<claim_mode>(mode);
  }
  io(c.units);
}

template <class Io, class E>
  requires std::same_as<std::remove_const_t<E>, attempt_error>
void value_of(Io& io, E& e, wall_time from) {
  io(e.attempt);
  value_of(io, e.when, from);
  io(e.text);
}

template <class Io, class L>
  requires std::same_as<std::remove_const_t<L>, lost_attempt>
void value_of(Io& io, L& l, wall_time) {
  io(l.attempt);
  io(l.lease);
}

template <class T>
void value_of(writer& w, const std::vector<T>& all, wall_time from) {
  w(std::uint64_t{all.size()});
  for (const auto& one : all)
    value_of(w, one, from);
}
template <class T>
void value_of(reader& r, std::vector<T>& all, wall_time from) {
  std::uint64_t n = 0;
  r(n);
  r.good = r.good && n <= r.left(); // each takes a byte at least
  for (std::uint64_t i = 0; r.good && i < n; ++i)
    value_of(r, all.emplace_back(), from);
}

/// Calls `f` with each field that is written when it differs from its default. The order is the format: new ones come
/// last. A reader fills the fields, so the same list serves both ways.
template <class Task, class F>
void each_field(Task& t, F&& f) {
  f(t.what.name);
  f(t.what.kind);
  f(t.what.args);
  f(t.what.claims);
  f(t.what.queue);
  f(t.what.priority);
  f(t.what.idempotency_key);
  f(t.what.timeout);
  f(t.what.start_within);
  f(t.what.run_at);
  f(t.what.delay);
  f(t.what.retry);
  f(t.what.tags);
  f(t.callable);
  f(t.fingerprint);
  f(t.attempt);
  f(t.charged);
  f(t.deaths);
  f(t.fence);
  f(t.code);
  f(t.error);
  f(t.errors);
  f(t.value);
  f(t.detail);
  f(t.progress);
  f(t.retry_of);
  f(t.due);
  f(t.started);
  f(t.ended);
  f(t.at_most_once);
  f(t.printed);
  f(t.what.labels);
  f(t.away.node);
  f(t.away.epoch);
  f(t.away.lease);
  f(t.lost);
}

const stored_task& plain() {
  static const stored_task none;
  return none;
}

} // namespace

void write_number(std::string& out, std::uint64_t n) {
  for (; n >= 0x80; n >>= 7)
    out += static_cast<char>(0x80 | (n & 0x7F));
  out += static_cast<char>(n);
}

std::optional<std::uint64_t> read_number(std::string_view& in) {
  std::uint64_t n = 0;
  for (unsigned shift = 0; shift < 64 && !in.empty(); shift += 7) {
    const auto byte = static_cast<unsigned char>(in.front());
    in.remove_prefix(1);
    n |= std::uint64_t{byte & 0x7FU} << shift;
    if (byte < 0x80)
      return n;
  }
  return std::nullopt;
}

void write_task(const stored_task& t, std::string& out) {
  // Which fields differ: found by walking the same list over a task with nothing set.
  std::uint64_t differ = 0;
  std::array<const void*, 64> defaults{};
  std::size_t n = 0;
  each_field(plain(), [&](const auto& field) { defaults[n++] = &field; });
  n = 0;
  each_field(t, [&]<class Field>(const Field& field) {
    if (!(field == *static_cast<const Field*>(defaults[n])))
      differ |= std::uint64_t{1} << n;
    ++n;
  });
  out += format;
  writer w{out};
  w(differ);
  w(std::int64_t{t.submitted.time_since_epoch().count()});
  each_field(t, [&, bit = std::uint64_t{1}](const auto& field) mutable {
    if ((differ & bit) != 0)
      value_of(w, field, t.submitted);
    bit <<= 1;
  });
}

bool read_task(std::string_view bytes, stored_task& t) {
  if (bytes.empty() || bytes.front() != format)
    return false;
  bytes.remove_prefix(1);
  reader r{bytes};
  std::uint64_t differ = 0;
  r(differ);
  std::int64_t submitted = 0;
  r(submitted);
  t.submitted = wall_time{nanos{submitted}};
  std::uint64_t bit = 1;
  each_field(t, [&](auto& field) {
    if (r.good && (differ & bit) != 0)
      value_of(r, field, t.submitted);
    bit <<= 1;
  });
  return r.good && r.at_end() && differ < bit;
}

} // namespace stint::detail
