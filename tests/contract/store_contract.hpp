/// What every store promises, as clauses that can be checked of any: run them all, or ask one for its verdict.
///
/// Owner    a test. A new store needs a `place` and one call of `register_contract`; nothing here knows which it is.
/// Errors   a verdict is a text that says what was wrong; it is empty when the clause holds.
///
/// A clause is a function, not a test of GoogleTest's, so that a store broken on purpose can be shown to be caught.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <stint/store.hpp>

namespace stint::contract {

/// Where one store's data is: a folder, a database, a shelf. It is empty at first and outlives its handles.
class place {
public:
  place() = default;
  place(const place&) = delete;
  place& operator=(const place&) = delete;
  virtual ~place() = default;

  /// Makes a handle, not opened yet; as another process would have.
  virtual std::unique_ptr<store> connect() = 0;
};

using make_place = std::function<std::unique_ptr<place>()>;

struct clause {
  const char* name; ///< a claim
  void (*check)(place&);
};

/// Returns every clause.
const std::vector<clause>& clauses();

std::vector<clause> owner_clauses();
std::vector<clause> commit_clauses();
std::vector<clause> output_clauses();
std::vector<clause> read_clauses();

/// Checks a clause of a store at a new place; empty: it holds.
std::string verdict(const clause& c, const make_place& make);

/// Makes each clause a test `suite.clause`.
inline bool register_contract(const char* suite, make_place make) {
  class holds : public testing::Test {
  public:
    holds(clause c, make_place make) : clause_(c), make_(std::move(make)) {}
    void TestBody() override { EXPECT_EQ(verdict(clause_, make_), ""); }

  private:
    clause clause_;
    make_place make_;
  };
  for (const auto& c : clauses())
    testing::RegisterTest(suite, c.name, nullptr, nullptr, __FILE__, __LINE__,
                          [c, make]() -> testing::Test* { return new holds(c, make); });
  return true;
}

} // namespace stint::contract
