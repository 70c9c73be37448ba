// A signed overflow, for UBSanitizer to report.

#include <cstdio>
#include <limits>

int main(int argc, char**) {
  int greatest = std::numeric_limits<int>::max();
  // argc is 1, which the compiler does not know.
  std::printf("%d\n", greatest + argc);
}
