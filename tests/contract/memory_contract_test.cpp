// The memory store keeps the contract of all stores.
#include <stint/memory_store.hpp>

#include "store_contract.hpp"

namespace stint::contract {
namespace {

class shelf_place final : public place {
public:
  std::unique_ptr<store> connect() override { return std::make_unique<memory_store>(first_.shelf()); }

private:
  memory_store first_; ///< never opened; holds the shelf
};

const bool registered = register_contract("memory_store", [] { return std::make_unique<shelf_place>(); });

TEST(memory_store_alone, says_that_it_is_memory_and_begins_empty) {
  ASSERT_TRUE(registered);
  memory_store s;
  EXPECT_EQ(to_string(s.mode()), "memory");
  EXPECT_EQ(s.open()->last_id, 0U);
}

TEST(memory_store_alone, gives_epochs_of_its_own) {
  memory_store a;
  memory_store b;
  EXPECT_NE(a.open()->epoch, b.open()->epoch);
}

} // namespace
} // namespace stint::contract
