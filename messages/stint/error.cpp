#include <stint/error.hpp>

#include <array>

namespace stint {

namespace {

struct entry {
  errc code;
  std::string_view name;
  std::string_view sentence;
};

constexpr auto table = std::to_array<entry>({
  {errc::none, "none", "no error"},
  {errc::not_configured, "not_configured", "stint::configure(cfg) was not called before the actor system was made"},
  {errc::unknown_task, "unknown_task", "no task ever had this id"},
  {errc::task_deleted, "task_deleted", "the task existed and was deleted"},
  {errc::wrong_state, "wrong_state", "the task's state does not allow this"},
  {errc::version_mismatch, "version_mismatch", "the task changed since the version given in if_version"},
  {errc::too_many_pending, "too_many_pending", "the list holds as many unfinished tasks as its limit allows"},
  {errc::batch_too_large, "batch_too_large", "one submission holds more tasks than the limit allows"},
  {errc::name_empty, "name_empty", "a task needs a name"},
  {errc::name_too_long, "name_too_long", "the name is longer than the limit"},
  {errc::invalid_utf8, "invalid_utf8", "the text is not valid UTF-8 or has control characters"},
  {errc::invalid_priority, "invalid_priority", "a priority is between -2 and 2"},
  {errc::invalid_delay, "invalid_delay", "a delay is not negative and not beyond the limit"},
  {errc::invalid_timeout, "invalid_timeout", "a timeout is greater than zero and not beyond the limit"},
  {errc::invalid_deadline, "invalid_deadline", "a deadline to start by is greater than zero and not beyond the limit"},
  {errc::invalid_attempts, "invalid_attempts", "max attempts is between 1 and the limit"},
  {errc::invalid_backoff, "invalid_backoff", "the back-off of a retry policy is out of range"},
  {errc::invalid_key, "invalid_key", "a resource key has an empty part or a bad escape"},
  {errc::key_too_deep, "key_too_deep", "a resource key has more parts than the limit"},
  {errc::key_too_long, "key_too_long", "a resource key is longer than the limit"},
  {errc::too_many_claims, "too_many_claims", "a task claims more keys than the limit"},
  {errc::duplicate_claim, "duplicate_claim", "the same key is claimed twice by one task"},
  {errc::invalid_units, "invalid_units", "a claim of units asks for at least one"},
  {errc::units_exceed_capacity, "units_exceed_capacity", "more units are asked for than the key has"},
  {errc::key_not_counted, "key_not_counted", "units are asked for of a key whose capacity was never declared"},
  {errc::key_counted, "key_counted", "the key is counted: claim units of it, or all of it exclusively"},
  {errc::key_has_children, "key_has_children", "a counted key cannot have keys below it"},
  {errc::unknown_kind, "unknown_kind", "no worker knows this kind"},
  {errc::body_missing, "body_missing", "a task needs a body or a kind"},
  {errc::body_and_kind, "body_and_kind", "a task has either a body or a kind, not both"},
  {errc::args_too_large, "args_too_large", "the args are larger than the limit"},
  {errc::malformed_args, "malformed_args", "the args are not valid JSON"},
  {errc::invalid_queue, "invalid_queue", "a queue name is not empty, not too long and printable"},
  {errc::unknown_queue, "unknown_queue", "no queue has this name"},
  {errc::too_many_queues, "too_many_queues", "the list has as many queues as its limit allows"},
  {errc::invalid_tag, "invalid_tag", "a tag is not empty, not too long and printable"},
  {errc::too_many_tags, "too_many_tags", "a task has more tags than the limit"},
  {errc::idempotency_key_too_long, "idempotency_key_too_long", "the idempotency key is longer than the limit"},
  {errc::idempotency_conflict, "idempotency_conflict", "the idempotency key belongs to a task with another spec"},
  {errc::page_too_large, "page_too_large", "a page holds at least one task and at most the limit"},
  {errc::invalid_cursor, "invalid_cursor", "the cursor was not made by this list"},
  {errc::invalid_filter, "invalid_filter", "the filter or the wait names no task"},
  {errc::too_many_ids, "too_many_ids", "one message names more tasks than the limit"},
  {errc::timed_out, "timed_out", "the time ran out first"},
  {errc::too_many_waits, "too_many_waits", "the list serves as many waits as its limit allows"},
  {errc::too_many_subscribers, "too_many_subscribers", "the list has as many subscribers as its limit allows"},
  {errc::unknown_subscription, "unknown_subscription", "no subscription has this number"},
  {errc::queue_draining, "queue_draining", "the queue finishes what it has and takes nothing new"},
  {errc::list_stopping, "list_stopping", "the list is stopping and takes nothing new"},
  {errc::list_gone, "list_gone", "the list has ended"},
  {errc::kind_registered_twice, "kind_registered_twice", "the kind was registered before"},
  {errc::invalid_option, "invalid_option", "an option is out of its range"},
  {errc::detail_too_large, "detail_too_large", "the detail is larger than the limit"},
  {errc::value_too_large, "value_too_large", "the value of an outcome is larger than the limit"},
  {errc::io_failed, "io_failed", "reading or writing failed"},
  {errc::not_stuck, "not_stuck", "the task has no stuck body"},
  {errc::internal, "internal", "something failed inside stint"},
  {errc::store_closed, "store_closed", "the store is not open"},
  {errc::store_in_use, "store_in_use", "another owner has the store open"},
  {errc::stale_epoch, "stale_epoch", "the commit is not of the owner that opened the store last"},
  {errc::invalid_commit, "invalid_commit", "the commit contradicts itself or what is stored"},
  {errc::no_subscriber, "no_subscriber", "a subscription names no actor to tell"},
  {errc::no_thread, "no_thread", "the system has no thread for a worker"},
  {errc::too_many_declared, "too_many_declared", "the list keeps no more capacities"},
  {errc::store_damaged, "store_damaged", "what the store reads is not what was written"},
  {errc::store_too_new, "store_too_new", "the store was written by a newer version of stint"},
  {errc::not_a_store, "not_a_store", "the file is something else than a store of tasks"},
  {errc::store_exists, "store_exists", "there is a file already where a new one is wanted"},
  {errc::bad_message, "bad_message", "a message from another process is damaged, too large or of another kind"},
  {errc::link_lost, "link_lost", "the link to the list broke before its answer came; whether it was done is not known"},
  {errc::peer_refused, "peer_refused", "the other process may not take part"},
  {errc::body_cannot_travel, "body_cannot_travel", "a callable stays in its process; to a remote list only kinds can be submitted"},
  {errc::not_published, "not_published", "the list is not reachable from other processes, so nobody is connected"},
  {errc::invalid_label, "invalid_label", "a label is not empty, not too long and printable"},
  {errc::too_many_labels, "too_many_labels", "a task asks for more labels, or a worker has more, than the limit allows"},
  {errc::too_many_label_sets, "too_many_label_sets", "unfinished tasks ask for as many sets of labels as the limit allows"},
  {errc::too_many_reads, "too_many_reads", "as many questions wait for the store as may"},
});

static_assert(table.size() == static_cast<std::size_t>(last_errc) + 1, "every code has its sentence");

constexpr bool in_order() {
  for (std::size_t i = 0; i < table.size(); ++i)
    if (static_cast<std::size_t>(table[i].code) != i)
      return false;
  return true;
}

static_assert(in_order(), "the table stands in the order of the codes");

} // namespace

std::string_view to_string(errc code) noexcept {
  return code <= last_errc ? table[static_cast<std::size_t>(code)].name : "unknown_code";
}

std::string_view sentence(errc code) noexcept {
  return code <= last_errc ? table[static_cast<std::size_t>(code)].sentence : "unknown code";
}

std::string to_string(const error& e) {
  std::string out{to_string(e.code)};
  out += ": ";
  out += e.text.empty() ? sentence(e.code) : std::string_view{e.text};
  return out;
}

void impossible(std::string_view what, std::uint64_t a, std::uint64_t b, const char* file, int line) {
  std::fprintf(stderr, "stint: impossible state at %s:%d: %.*s (%llu, %llu)\n", file, line,
               static_cast<int>(what.size()), what.data(), static_cast<unsigned long long>(a),
               static_cast<unsigned long long>(b));
  std::abort();
}

} // namespace stint
