// The store in a file keeps the contract of all stores, in both its modes.
#include <stint/sqlite_store.hpp>

#include "scratch_folder.hpp"
#include "store_contract.hpp"

namespace stint::contract {
namespace {

class scratch_place final : public place {
public:
  explicit scratch_place(store_mode m) : mode_(m) {}

  std::unique_ptr<store> connect() override {
    return std::make_unique<sqlite_store>(sqlite_options{folder_.file(), mode_});
  }

private:
  scratch_folder folder_;
  store_mode mode_;
};

const bool registered =
  register_contract("sqlite_store", [] { return std::make_unique<scratch_place>(store_mode::durable); })
  && register_contract("sqlite_store_relaxed", [] { return std::make_unique<scratch_place>(store_mode::relaxed); });

TEST(sqlite_contract, is_checked_of_both_modes) { ASSERT_TRUE(registered); }

} // namespace
} // namespace stint::contract
