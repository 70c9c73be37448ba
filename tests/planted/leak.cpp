// Memory that nobody frees, for LeakSanitizer to report.

#include <cstdio>
#include <string>

namespace {

// A pointer that only this frame knew is lost when it returns. Not inlined, and
// printed, so that no optimizer can prove the memory away.
[[gnu::noinline]] void lose_memory(int times) {
  for (int i = 0; i < times; ++i) {
    auto* lost = new std::string(1000, 'x');
    std::printf("%p\n", static_cast<void*>(lost));
  }
}

} // namespace

int main(int argc, char**) { lose_memory(10 * argc); }
