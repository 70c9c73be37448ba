#include <harness/facts.hpp>

#include <cstdio>
#include <fstream>
#include <memory>
#include <thread>

#include <stint/caf.hpp>

namespace stint::bench {

namespace {

std::string cpu_name() {
  std::ifstream in{"/proc/cpuinfo"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("model name"))
      if (auto at = line.find(": "); at != std::string::npos)
        return line.substr(at + 2);
  return "unknown";
}

std::string compiler_name() {
#if defined(__clang__)
  return "Clang " __clang_version__;
#else
  return "GCC " __VERSION__;
#endif
}

/// Asked of git when the program runs: what CMake was told when it configured is soon no longer true.
std::string commit_name() {
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe{
    ::popen("git describe --always --abbrev=12 --exclude '*' --dirty 2>/dev/null", "r"), &::pclose};
  char text[80]{};
  if (!pipe || std::fgets(text, sizeof text, pipe.get()) == nullptr)
    return "unknown";
  std::string name{text};
  while (!name.empty() && name.back() == '\n')
    name.pop_back();
  return name.empty() ? "unknown" : name;
}

} // namespace

const facts& machine_facts() {
  static const facts found{cpu_name(), std::thread::hardware_concurrency(), compiler_name(), caf_shim::caf_version(),
                           commit_name()};
  return found;
}

} // namespace stint::bench
