#include <algorithm>
#include <utility>

#include <stint/questions.hpp>
#include <stint/remote_list.hpp>

namespace stint {

/// As it travels. With a key, so that what is asked again after a broken link is not done twice: one for all, unless some have their own.
result<std::string> remote_list::written(std::span<const submission> tasks, bool as_one) const {
  wire::submit out;
  out.tasks.reserve(tasks.size());
  bool keyed = as_one;
  for (const auto& t : tasks) {
    if (t.run)
      return {errc::body_cannot_travel, "task " + std::to_string(out.tasks.size())};
    keyed = keyed || !t.what.idempotency_key.empty();
    out.tasks.push_back(t.what);
  }
  out.as_one = as_one || !keyed;
  const auto key = "link:" + nonce_ + ":" + std::to_string(last_ + 1);
  for (std::size_t i = 0; i < out.tasks.size() && !as_one; ++i) {
    if (auto& s = out.tasks[i]; s.idempotency_key.empty())
      s.idempotency_key = keyed ? key + ":" + std::to_string(i + 1) : key;
    if (!keyed)
      break;
  }
  return wire::encode(out);
}

/// Tasks that stand each for itself, and what is left to ask of them: the list takes all or none of a part, so one that it
/// refuses is asked again in halves.
struct remote_list::parts {
  struct part {
    std::size_t first;
    std::size_t count;
  };

  std::vector<submission> tasks;
  std::vector<part> left; ///< the last comes next
  protocol::submitted_each out;
  caf::typed_response_promise<protocol::submitted_each> whom;

  void refuse(const part& p, const error& why) {
    for (std::size_t i = 0; i < p.count; ++i)
      out.refusals.push_back({p.first + i, why});
  }

  /// One task is refused, of more each may be accepted.
  void refused(const part& p, const error& why) {
    if (p.count == 1)
      return refuse(p, why);
    const auto half = p.count / 2;
    left.push_back({p.first + half, p.count - half});
    left.push_back({p.first, half});
  }
};

caf::result<protocol::submitted_each> remote_list::submit_each(std::vector<submission>& tasks) {
  auto all = std::make_shared<parts>();
  all->out.ids.resize(tasks.size());
  if (!tasks.empty())
    all->left.push_back({0, tasks.size()});
  all->tasks = std::move(tasks);
  all->whom = make_response_promise<protocol::submitted_each>();
  submit_parts(all);
  return all->whom;
}

/// Asks for the next part, when the one before has its answer: tasks are accepted in their order.
void remote_list::submit_parts(const std::shared_ptr<parts>& all) {
  while (!all->left.empty()) {
    const auto p = all->left.back();
    all->left.pop_back();
    auto body = written(std::span{all->tasks}.subspan(p.first, p.count), false);
    if (auto ok = body ? askable(*body, true) : result<unit_t>{body.error()}; !ok) {
      all->refused(p, ok.error());
      continue;
    }
    return ask_list(wire::submit_number, std::move(*body), true, {}, [this, all, p](const wire::answer& a) {
      auto got = a.code == errc::none ? wire::decode<protocol::submitted>(a.body) : result<protocol::submitted>{error{a.code, a.text}};
      if (got && got->ids.size() != p.count)
        got = error{errc::bad_message, std::to_string(got->ids.size()) + " ids for " + std::to_string(p.count) + " tasks"};
      if (got) {
        std::copy(got->ids.begin(), got->ids.end(), all->out.ids.begin() + static_cast<std::ptrdiff_t>(p.first));
        all->out.version = got->version;
      } else if (a.code == errc::list_gone) {
        all->refuse({p.first, all->tasks.size() - p.first}, got.error());
        all->left.clear();
      } else if (a.code == errc::none) {
        all->refuse(p, got.error());
      } else {
        all->refused(p, got.error());
      }
      submit_parts(all);
    });
  }
  all->whom.deliver(std::move(all->out));
}

} // namespace stint
