/// Who holds each resource key, and who waits for it, in one total order.
///
/// Owner    the list keeps the only instance; a `claim_holder` belongs to its task and must leave before it dies.
/// Threads  none: the owner's mailbox is the lock.
/// Errors   key_not_counted, key_counted, key_has_children, units_exceed_capacity, from `check` and `declare`.
/// Order    (priority, moment of entering `waiting`), the same at every key, hence no cycles and no deadlock. A task
///          that conflicts with one ahead of it waits behind it, so among equal priorities nobody starves.
/// Cost     O(parts of the keys of one task); a release looks only at tasks parked at the keys it frees, and at most at
///          one more than it wakes for each mode. Units also look at no more waiters than there are free units.
/// Source   multi-granularity locking: Gray, Lorie, Putzolu, Traiger 1976; all tickets in one step: Calvin, 2012.
/// Seed     aptly task/resources.go; there a clash was once an error, keys were exclusive only, and one waiter woke.
///
/// Whoever wants one key exclusively may be granted it behind others who hold it, all at one place, which goes through
/// them one by one in this order: so tasks of one key travel together. It holds nothing but that key while it waits there.
///
/// Every part of a key is a node. A task has one ticket at each node on its paths, the root included: an intention
/// (is, ix) above, its mode (s, x, u) at the key itself. A waiting task holds nothing; its tickets only keep its place.
/// It is *parked* at one node that blocks it; a change there looks at it again, changes elsewhere don't.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <stint/claim.hpp>
#include <stint/error.hpp>
#include <stint/line.hpp>
#include <stint/query.hpp>

namespace stint {

enum class lock_mode : std::uint8_t { is, ix, s, six, x, u };
inline constexpr std::size_t lock_mode_count = 6;

struct claim_holder;
struct claim_node;

/// A task's place at one node.
struct ticket {
  claim_holder* who = nullptr;
  claim_node* node = nullptr;
  lock_mode mode = lock_mode::is;
  std::uint32_t units = 0;
  line_link<ticket> place; ///< among the waiting; once granted, among the holders
  line_link<ticket> parked;

  [[nodiscard]] std::uint64_t order() const noexcept;
};

/// What the claims know of a task.
struct claim_holder {
  enum class stage : std::uint8_t { none, planned, ready, parked, granted };

  task_id id = 0;
  std::uint64_t rank = 0; ///< its place in the one order: priority, then the moment of entering `waiting`
  stage at = stage::none;
  bool stuck = false;
  bool lost = false;   ///< likewise, at a worker out of reach: over with its lease
  bool serial = false; ///< wants one key exclusively and nothing else
  steady_time since{}; ///< of waiting, then of holding
  ticket* parked_at = nullptr;
  ticket root;                     ///< every task holds an intention on the root
  std::unique_ptr<ticket[]> below; ///< at the nodes of its keys
  std::uint32_t below_count = 0;

  [[nodiscard]] std::uint64_t order() const noexcept { return rank; }
};

inline std::uint64_t ticket::order() const noexcept { return who->rank; }

class claims {
public:
  claims();
  ~claims();
  claims(const claims&) = delete;
  claims& operator=(const claims&) = delete;

  /// Checks claims against what is declared; changes nothing.
  [[nodiscard]] result<unit_t> check(std::span<const claim> wanted) const;

  /// Declares how many units a key has, or changes it; holders are never interrupted. Wakes who can go on.
  result<unit_t> declare(std::string_view key, std::uint32_t capacity, std::vector<claim_holder*>& woken);

  /// Number of keys with a capacity, which stay for good; and whether this is one.
  [[nodiscard]] std::size_t declared() const noexcept { return declared_; }
  [[nodiscard]] bool declared(std::string_view key) const;
  /// The capacity of a key; 0: none is declared.
  [[nodiscard]] std::uint32_t capacity(std::string_view key) const;

  /// Resolves claims that `check` accepted into tickets.
  void plan(claim_holder& h, std::span<const claim> wanted);

  /// Forgets a planned holder, which neither waits nor holds.
  void unplan(claim_holder& h);

  /// Draws all tickets at place `rank`; true: nothing stands in the way.
  bool draw(claim_holder& h, std::uint64_t rank);

  /// Where a ready holder may go: anywhere; to one place, behind those who hold its key there; or nowhere yet.
  struct way {
    bool open = false;
    std::uint32_t only = 0; ///< the place, or 0: anywhere
  };

  /// Looks again at a ready holder, and parks it when it can't go: a later, more urgent one may have gone ahead of it.
  way look_again(claim_holder& h);

  /// Parks a ready holder that was to go to one place, which has no room.
  void put_back(claim_holder& h);

  /// Turns a ready holder's tickets into holdings at a place where one goes after the other; 0: no such place. A planned
  /// one has held them already, in an earlier life: whatever is in its way now is not asked.
  void grant(claim_holder& h, std::uint32_t place = 0);

  /// Appends who may now go behind a granted holder, to the same place.
  void offer_next(claim_holder& h, std::vector<claim_holder*>& woken);

  /// Nobody goes behind this holder any more: it stays while others go on.
  static void pin(claim_holder& h);

  /// Frees a granted holder's claims; appends every holder that became ready.
  void release(claim_holder& h, std::vector<claim_holder*>& woken);

  /// Takes a waiting holder's tickets back; appends every holder that became ready.
  void give_up(claim_holder& h, std::vector<claim_holder*>& woken);

  /// Lists up to `limit` holders and waiters that stand in `h`'s way.
  [[nodiscard]] std::vector<blocker> in_the_way_of(const claim_holder& h, steady_time now, std::size_t limit) const;

  /// Says what `h` asks for beyond a capacity that was lowered since; empty: nothing.
  [[nodiscard]] static std::string out_of_reach(const claim_holder& h);

  /// Lists up to `limit` waiters that `h` holds back.
  [[nodiscard]] std::vector<blocker> held_back_by(const claim_holder& h, steady_time now, std::size_t limit) const;

  /// Checks every count and line against its tickets; ends the process on a difference. For tests.
  void audit() const;

  /// Number of tasks that have drawn tickets and hold nothing yet, parked or not.
  [[nodiscard]] std::size_t waiting() const noexcept { return waiting_; }

  /// Number of nodes in use; returns to 1 (the root) when no task claims anything.
  [[nodiscard]] std::size_t node_count() const noexcept { return nodes_.size() + 1; }

  /// Those that are kept for keys to come. For tests.
  [[nodiscard]] std::size_t spare_nodes() const noexcept { return spare_.size(); }

  /// How often a ticket was looked at to see whether it is blocked, itself and those counted ahead of it. For tests.
  [[nodiscard]] std::uint64_t looks() const noexcept { return looks_; }

private:
  /// Of some hundred bytes each.
  static constexpr std::size_t most_spare = 1'024;

  struct text_hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view s) const noexcept { return std::hash<std::string_view>{}(s); }
  };

  using node_map = std::unordered_map<std::string, std::unique_ptr<claim_node>, text_hash, std::equal_to<>>;

  claim_node& node_for(std::string_view text);
  node_map::iterator take_spare(std::string_view text);
  void drop(claim_node& n);
  bool blocked(const ticket& t) const { return held_against(t) || awaited_against(t); }
  bool held_against(const ticket& t) const;
  bool awaited_against(const ticket& t) const;
  std::uint32_t place_behind(claim_holder& h) const;
  ticket* first_block(claim_holder& h) const;
  static void park(claim_holder& h, ticket& t);
  static void unpark(claim_holder& h);
  void leave_lines(claim_holder& h);
  void wake(claim_node& n, std::vector<claim_holder*>& woken);

  template <class F>
  static void each(claim_holder& h, F&& fn) {
    fn(h.root);
    for (std::uint32_t i = 0; i < h.below_count; ++i)
      fn(h.below[i]);
  }

  /// What is planned at one node.
  struct want {
    claim_node* node;
    lock_mode mode;
    std::uint32_t units;
  };

  std::vector<want> wants_; ///< of the holder that is being planned
  std::unique_ptr<claim_node> root_;
  node_map nodes_;
  std::vector<node_map::node_type> spare_; ///< keys come and go: those that nobody claims any more
  std::size_t waiting_ = 0;
  std::size_t declared_ = 0;
  mutable std::uint64_t looks_ = 0;
};

} // namespace stint
