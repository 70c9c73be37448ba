#include "processes.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>

#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace stint::test {

namespace fs = std::filesystem;

std::vector<process_info> all_processes() {
  std::vector<process_info> out;
  std::error_code ec;
  for (const auto& entry : fs::directory_iterator{"/proc", ec}) {
    const auto name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos)
      continue;
    const auto stat = read_file(entry.path() / "stat");
    // The second field, the program's name, may contain anything: it ends at the last parenthesis.
    const auto end = stat.rfind(')');
    if (end == std::string::npos)
      continue; // it ended meanwhile
    process_info p;
    p.pid = std::stoi(name);
    std::istringstream{stat.substr(end + 1)} >> p.state >> p.parent >> p.group;
    out.push_back(p);
  }
  return out;
}

std::size_t children_left() {
  std::size_t n = 0;
  for (const auto& p : all_processes())
    n += p.parent == ::getpid() ? 1 : 0;
  return n;
}

bool gone(pid_t pid, std::chrono::milliseconds patience) {
  const int fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
  if (fd < 0)
    return true;
  pollfd one{fd, POLLIN, 0};
  const bool ended = ::poll(&one, 1, static_cast<int>(patience.count())) == 1;
  ::close(fd);
  return ended;
}

std::size_t descriptors_open() {
  return static_cast<std::size_t>(std::distance(fs::directory_iterator{"/proc/self/fd"}, fs::directory_iterator{}));
}

scratch_folder::scratch_folder() {
  auto name = (fs::temp_directory_path() / "stint-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    std::perror("mkdtemp");
    std::abort();
  }
  path_ = name;
}

scratch_folder::~scratch_folder() {
  std::error_code ec;
  fs::remove_all(path_, ec);
}

void write_file(const std::string& path, const std::string& text, bool executable) {
  std::ofstream{path, std::ios::binary} << text;
  if (executable)
    fs::permissions(path, fs::perms::owner_all);
}

std::string read_file(const std::string& path) {
  // Not by iterators: those throw where the file goes while it is read, as one of /proc does with its process.
  std::ostringstream text;
  text << std::ifstream{path, std::ios::binary}.rdbuf();
  return std::move(text).str();
}

} // namespace stint::test
