/// What a figure depends on besides the code: processor, compiler, CAF's version and the commit.
///
/// Owner    one for the process, read at its first use.
/// Threads  any.
#pragma once

#include <string>

namespace stint::bench {

struct facts {
  std::string cpu;
  unsigned cores = 0;
  std::string compiler;
  std::string caf;
  std::string commit; ///< with "-dirty" when the tree had changes; "unknown" outside of one
};

const facts& machine_facts();

} // namespace stint::bench
