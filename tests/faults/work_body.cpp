// What the tasks of ./dev faults nodes run: writes down when it begins, that it still lives, and when it ends.
//   work_body LOG MS KEY [BYTES [CODE]]
// One line each, `B|T|E key task attempt token ns`, by CLOCK_MONOTONIC, which all processes of a machine share; a network
// namespace changes nothing about it. It prints BYTES and ends with the number of its attempt, or with CODE: so the code
// that a list accepted tells which attempt it accepted.
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include <fcntl.h>
#include <unistd.h>

namespace {

int log_file = -1;
const char* key = "-";

const char* from_environment(const char* name) {
  const char* text = std::getenv(name);
  return text == nullptr ? "0" : text;
}

void note(char what) {
  timespec t{};
  ::clock_gettime(CLOCK_MONOTONIC, &t);
  char line[256];
  const int n = std::snprintf(line, sizeof line, "%c %s %s %s %s %lld\n", what, key, from_environment("STINT_TASK_ID"),
                              from_environment("STINT_ATTEMPT"), from_environment("STINT_FENCING_TOKEN"),
                              static_cast<long long>(t.tv_sec) * 1'000'000'000 + t.tv_nsec);
  if (::write(log_file, line, static_cast<std::size_t>(n)) != n)
    std::exit(250);
}

} // namespace

int main(int argc, char** argv) {
  if (argc < 4)
    return 250;
  log_file = ::open(argv[1], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  key = argv[3];
  note('B');
  constexpr int step = 10;
  for (int left = std::atoi(argv[2]); left > 0; left -= step) {
    const timespec pause{0, std::min(left, step) * 1'000'000L};
    ::nanosleep(&pause, nullptr);
    note('T');
  }
  for (long left = argc > 4 ? std::atol(argv[4]) : 0; left > 0; left -= 100)
    std::printf("%-99ld\n", left);
  std::fflush(stdout);
  note('E');
  return std::atoi(argc > 5 ? argv[5] : from_environment("STINT_ATTEMPT"));
}
