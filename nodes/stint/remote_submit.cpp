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

namespace {

/// Tells whether this may be about one task of many. All else is about the list or its store: then nobody knows what has become of
/// the others, and whoever asks again under another key may have them twice.
bool of_a_task(errc why) {
  return (why >= errc::too_many_pending && why <= errc::idempotency_conflict) || why == errc::queue_draining
         || why == errc::body_cannot_travel || why == errc::invalid_label || why == errc::too_many_labels
         || why == errc::too_many_label_sets;
}

} // namespace

/// Tasks that stand each for itself. They are asked for together, as far as they fit into a message; what the list refuses because of
/// some of them, again one by one.
struct remote_list::parts {
  struct part {
    std::size_t first;
    std::size_t count;
  };

  std::vector<submission> tasks;
  std::vector<part> left; ///< the last comes next
  std::size_t missing = 0; ///< answers to what was asked one by one
  protocol::submitted_each out;
  caf::typed_response_promise<protocol::submitted_each> whom;

  [[nodiscard]] std::span<const submission> of(const part& p) const { return std::span{tasks}.subspan(p.first, p.count); }

  void refuse(const part& p, const error& why) {
    for (std::size_t i = 0; i < p.count; ++i)
      out.refusals.push_back({p.first + i, why});
    if (!of_a_task(why.code))
      for (; !left.empty(); left.pop_back())
        for (std::size_t i = 0; i < left.back().count; ++i)
          out.refusals.push_back({left.back().first + i, why});
  }

  void answered(const part& p, const wire::answer& a) {
    auto got = a.code == errc::none ? wire::decode<protocol::submitted>(a.body) : result<protocol::submitted>{error{a.code, a.text}};
    if (got && got->ids.size() != p.count)
      got = error{errc::bad_message, std::to_string(got->ids.size()) + " ids for " + std::to_string(p.count) + " tasks"};
    if (!got)
      return refuse(p, got.error());
    std::copy(got->ids.begin(), got->ids.end(), out.ids.begin() + static_cast<std::ptrdiff_t>(p.first));
    out.version = std::max(out.version, got->version);
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

/// Asks for the next part when the one before has its answer: tasks are accepted in their order.
void remote_list::submit_parts(const std::shared_ptr<parts>& all) {
  while (!all->left.empty()) {
    const auto p = all->left.back();
    all->left.pop_back();
    auto body = written(all->of(p), false);
    const auto ok = body ? askable(*body, true) : result<unit_t>{body.error()};
    if (ok)
      return ask_list(wire::submit_number, std::move(*body), true, {}, [this, all, p](const wire::answer& a) {
        if (p.count > 1 && of_a_task(a.code))
          return submit_singly(all, p.first, p.count);
        all->answered(p, a);
        submit_parts(all);
      });
    if (ok.code() == errc::batch_too_large && p.count > 1) {
      const auto half = p.count / 2;
      all->left.push_back({p.first + half, p.count - half});
      all->left.push_back({p.first, half});
    } else if (p.count > 1 && of_a_task(ok.code())) {
      return submit_singly(all, p.first, p.count);
    } else {
      all->refuse(p, ok.error());
    }
  }
  std::sort(all->out.refusals.begin(), all->out.refusals.end(), [](const auto& a, const auto& b) { return a.index < b.index; });
  all->whom.deliver(std::move(all->out));
}

/// Asks for each task of a part by itself, for all at once.
void remote_list::submit_singly(const std::shared_ptr<parts>& all, std::size_t first, std::size_t count) {
  all->missing = count;
  for (auto i = first; i < first + count; ++i) {
    const parts::part one{i, 1};
    auto body = written(all->of(one), false);
    if (auto ok = body ? askable(*body, true) : result<unit_t>{body.error()}; !ok) {
      all->refuse(one, ok.error());
      --all->missing;
      continue;
    }
    ask_list(wire::submit_number, std::move(*body), true, {}, [this, all, one](const wire::answer& a) {
      all->answered(one, a);
      if (--all->missing == 0)
        submit_parts(all);
    });
  }
  if (all->missing == 0)
    submit_parts(all);
}

} // namespace stint
