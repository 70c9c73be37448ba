/// A store in memory: what it holds outlives its owner, but not the process.
///
/// Owner    handles share a shelf, which goes with the last of them; one handle at a time has it open.
/// Threads  one call at a time to all handles of a shelf.
/// Errors   as `store`, but never io_failed: nothing here can fail but a mistake of the owner's.
/// Cost     commit, get and keyed O(log tasks) for each entry; a page costs the tasks that it passes.
/// Durable  no.
#pragma once

#include <memory>

#include <stint/store.hpp>

namespace stint {

/// What stays when an owner goes; opaque, made by the first handle.
class memory_shelf;

class memory_store : public store {
public:
  /// Makes a handle to a new, empty shelf.
  memory_store();

  /// Makes another handle to a shelf, such as a restart would.
  explicit memory_store(std::shared_ptr<memory_shelf> shelf);

  ~memory_store() override;

  [[nodiscard]] const std::shared_ptr<memory_shelf>& shelf() const noexcept { return shelf_; }

  result<opened> open() override;
  result<unit_t> commit(const batch& what) override;
  result<std::uint64_t> unfinished(const std::function<void(stored_task)>& take) const override;
  [[nodiscard]] result<std::optional<stored_task>> keyed(const std::string& idempotency_key) const override;
  [[nodiscard]] result<std::vector<stored_setting>> settings() const override;
  [[nodiscard]] result<stored_task> get(task_id id) const override;
  [[nodiscard]] result<stored_page> page(const page_request& ask) const override;
  [[nodiscard]] result<output_piece> output(task_id id, std::uint64_t offset, std::size_t limit) const override;
  [[nodiscard]] result<std::vector<task_id>> overdue(const retention& bounds, std::size_t most) const override;
  [[nodiscard]] result<usage> counts() const override;
  [[nodiscard]] store_mode mode() const noexcept override { return store_mode::memory; }
  result<unit_t> close() override;

private:
  std::shared_ptr<memory_shelf> shelf_;
  bool open_ = false;
};

} // namespace stint
