/// A place of the contract's that is a file of SQLite's: each owner that connects finds what the last one left.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include <stint/sqlite_store.hpp>

#include "contract/store_owner.hpp"

namespace stint::contract {

class file_place final : public place {
public:
  explicit file_place(std::string file) : file_(std::move(file)) {}
  std::unique_ptr<store> connect() override { return std::make_unique<sqlite_store>(sqlite_options{file_}); }

private:
  std::string file_;
};

} // namespace stint::contract
