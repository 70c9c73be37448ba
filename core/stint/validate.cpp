#include <stint/validate.hpp>

#include <cmath>
#include <cstring>
#include <set>
#include <string_view>

namespace stint {

namespace {

std::string past(std::string_view what, std::size_t have, std::size_t limit) {
  return std::string{what} + " has " + std::to_string(have) + " bytes, the limit is " + std::to_string(limit);
}

bool out_of(nanos d, const limits& bounds) { return d > bounds.longest; }

/// Tells whether eight bytes are ASCII and, if asked for, printable. Most names are: they are looked at eight at a time.
bool plain(const char* eight, bool printable) {
  constexpr auto each = [](std::uint64_t byte) { return byte * 0x0101010101010101U; };
  std::uint64_t x = 0;
  std::memcpy(&x, eight, sizeof x);
  auto odd = x; // the highest bit of a byte that must be looked at one by one; a borrow can only mark more of them
  if (printable)
    odd |= (x - each(0x20)) | ((x ^ each(0x7f)) - each(0x01));
  return (odd & each(0x80)) == 0;
}

result<unit_t> check_claims(const spec& s, const limits& bounds) {
  if (s.claims.empty())
    return unit;
  if (s.claims.size() > bounds.claims)
    return {errc::too_many_claims, std::to_string(s.claims.size()) + " claims, the limit is "
                                     + std::to_string(bounds.claims)};
  std::set<std::string_view> keys; // one claim needs none
  for (const auto& c : s.claims) {
    if (auto ok = check_key(c.key, bounds); !ok)
      return ok;
    if (!valid_text(c.key, true))
      return {errc::invalid_key, "a key is not valid UTF-8"};
    if (c.mode == claim_mode::units && c.units == 0)
      return {errc::invalid_units, "'" + c.key + "': zero units"};
    if (s.claims.size() > 1 && !keys.insert(c.key).second)
      return {errc::duplicate_claim, "'" + c.key + "' is claimed twice"};
  }
  return unit;
}

result<unit_t> check_times(const spec& s, const limits& bounds) {
  if (s.timeout && (*s.timeout <= nanos{0} || out_of(*s.timeout, bounds)))
    return {errc::invalid_timeout, "timeout of " + std::to_string(s.timeout->count()) + " ns"};
  if (s.start_within && (*s.start_within <= nanos{0} || out_of(*s.start_within, bounds)))
    return {errc::invalid_deadline, "start_within of " + std::to_string(s.start_within->count()) + " ns"};
  if (s.delay < nanos{0} || out_of(s.delay, bounds))
    return {errc::invalid_delay, "delay of " + std::to_string(s.delay.count()) + " ns"};
  if (s.run_at && s.delay != nanos{0})
    return {errc::invalid_delay, "a task has either run_at or a delay"};
  const auto& r = s.retry;
  if (r.max_attempts == 0 || r.max_attempts > bounds.attempts)
    return {errc::invalid_attempts, "max_attempts of " + std::to_string(r.max_attempts)};
  if (r.backoff < nanos{0} || r.max_backoff < nanos{0} || out_of(r.backoff, bounds) || out_of(r.max_backoff, bounds))
    return {errc::invalid_backoff, "back-off is negative or beyond the limit"};
  if (!std::isfinite(r.factor) || r.factor < 1.0 || r.factor > 100.0)
    return {errc::invalid_backoff, "the factor is between 1 and 100"};
  if (!std::isfinite(r.jitter) || r.jitter < 0.0 || r.jitter > 1.0)
    return {errc::invalid_backoff, "the jitter is between 0 and 1"};
  return unit;
}

} // namespace

bool valid_text(std::string_view text, bool printable) {
  for (std::size_t i = 0; i < text.size();) {
    if (i + 8 <= text.size() && plain(text.data() + i, printable)) {
      i += 8;
      continue;
    }
    const auto c = static_cast<unsigned char>(text[i]);
    if (c < 0x80) {
      if (printable && (c < 0x20 || c == 0x7f))
        return false;
      ++i;
      continue;
    }
    const std::size_t n = c >= 0xf0 && c <= 0xf4 ? 4 : c >= 0xe0 && c < 0xf0 ? 3 : c >= 0xc2 && c < 0xe0 ? 2 : 0;
    if (n == 0 || i + n > text.size())
      return false;
    std::uint32_t point = c & (0xffU >> (n + 1));
    for (std::size_t k = 1; k < n; ++k) {
      const auto t = static_cast<unsigned char>(text[i + k]);
      if ((t & 0xc0U) != 0x80)
        return false;
      point = (point << 6) | (t & 0x3fU);
    }
    if ((n == 3 && point < 0x800) || (n == 4 && (point < 0x10000 || point > 0x10ffff))
        || (point >= 0xd800 && point <= 0xdfff))
      return false;
    i += n;
  }
  return true;
}

result<unit_t> check_word(std::string_view word, errc code, std::string_view what, const limits& bounds) {
  if (word.empty())
    return {code, std::string{what} + " is empty"};
  if (word.size() > bounds.word)
    return {code, past(what, word.size(), bounds.word)};
  if (!valid_text(word, true))
    return {code, std::string{what} + " is not printable UTF-8"};
  return unit;
}

result<unit_t> check_labels(const std::vector<std::string>& labels, const limits& bounds) {
  if (labels.size() > bounds.labels)
    return {errc::too_many_labels, std::to_string(labels.size()) + " labels, the limit is " + std::to_string(bounds.labels)};
  for (const auto& label : labels)
    if (auto ok = check_word(label, errc::invalid_label, "a label", bounds); !ok)
      return ok;
  return unit;
}

result<unit_t> check_kept(const limits& bounds) {
  const error negative{errc::invalid_option, "the age up to which finished tasks are kept is not negative"};
  if (bounds.finished.age < nanos{0})
    return negative;
  for (const auto& [of, kept] : bounds.finished_of) {
    if (!terminal(of))
      return {errc::invalid_option, "finished_of names " + std::string{to_string(of)} + ", which is no end of a task"};
    if (kept.age < nanos{0})
      return negative;
  }
  return unit;
}

result<unit_t> check_filter(const filter& f, const limits& bounds) {
  if (f.ids.size() > bounds.ids)
    return {errc::too_many_ids, "the filter names " + std::to_string(f.ids.size()) + " ids, the limit is "
                                  + std::to_string(bounds.ids)};
  if (f.states.size() > state_count)
    return {errc::invalid_filter, std::to_string(f.states.size()) + " states, there are " + std::to_string(state_count)};
  for (auto s : f.states)
    if (static_cast<std::size_t>(s) >= state_count)
      return {errc::invalid_filter, "there is no state " + std::to_string(static_cast<unsigned>(s))};
  if (f.queue.size() > bounds.word)
    return {errc::invalid_filter, past("the queue name", f.queue.size(), bounds.word)};
  if (f.kind.size() > bounds.word)
    return {errc::invalid_filter, past("the kind", f.kind.size(), bounds.word)};
  if (f.tag.size() > bounds.word)
    return {errc::invalid_filter, past("the tag", f.tag.size(), bounds.word)};
  if (f.name_contains.size() > bounds.name)
    return {errc::invalid_filter, past("the part of a name", f.name_contains.size(), bounds.name)};
  return unit;
}

result<unit_t> check_spec(const spec& s, const limits& bounds, known_words known) {
  if (s.name.empty())
    return {errc::name_empty};
  if (s.name.size() > bounds.name)
    return {errc::name_too_long, past("the name", s.name.size(), bounds.name)};
  if (!valid_text(s.name, true))
    return {errc::invalid_utf8, "the name is not printable UTF-8"};
  if (s.priority < -2 || s.priority > 2)
    return {errc::invalid_priority, "priority " + std::to_string(s.priority)};
  if (!known.queue)
    if (auto ok = check_word(s.queue, errc::invalid_queue, "the queue name", bounds); !ok)
      return ok;
  if (!s.kind.empty() && !known.kind)
    if (auto ok = check_word(s.kind, errc::unknown_kind, "the kind", bounds); !ok)
      return ok;
  if (s.args.size() > bounds.args)
    return {errc::args_too_large, past("args", s.args.size(), bounds.args)};
  if (s.idempotency_key.size() > bounds.idempotency_key)
    return {errc::idempotency_key_too_long, past("the idempotency key", s.idempotency_key.size(),
                                                 bounds.idempotency_key)};
  if (s.tags.size() > bounds.tags)
    return {errc::too_many_tags, std::to_string(s.tags.size()) + " tags, the limit is " + std::to_string(bounds.tags)};
  for (const auto& t : s.tags)
    if (auto ok = check_word(t, errc::invalid_tag, "a tag", bounds); !ok)
      return ok;
  if (auto ok = check_labels(s.labels, bounds); !ok)
    return ok;
  if (auto ok = check_claims(s, bounds); !ok)
    return ok;
  return check_times(s, bounds);
}

std::string_view whole_characters(std::string_view text, std::size_t most) {
  if (text.size() <= most)
    return text;
  auto end = most;
  // A character has three bytes at most after its first; what has more was no UTF-8 to begin with.
  while (end > 0 && most - end < 3 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U)
    --end;
  return text.substr(0, end);
}

} // namespace stint
