#include <stint/detail/spawn.hpp>

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>

extern char** environ; // NOLINT: POSIX wants it declared by the user

namespace stint::detail {

namespace {

struct pipe_ends {
  fd read, write;
};

bool make_pipe(pipe_ends& p) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0)
    return false;
  p.read = above_standard(ends[0]);
  p.write = above_standard(ends[1]);
  // Only our end: the program must find the blocking pipe that it expects.
  return p.read && p.write && ::fcntl(p.read.get(), F_SETFL, O_NONBLOCK) == 0;
}

/// Our environment with the program's own entries in place of those of the same name.
std::vector<std::string> environment_of(const program& what) {
  std::vector<std::string> all;
  for (char** e = environ; e != nullptr && *e != nullptr; ++e) {
    const std::string_view entry{*e};
    if (!what.env.contains(std::string{entry.substr(0, entry.find('='))}))
      all.emplace_back(entry);
  }
  for (const auto& [name, value] : what.env)
    all.push_back(name + '=' + value);
  return all;
}

std::string path_of(const std::vector<std::string>& environment) {
  for (const auto& e : environment)
    if (e.starts_with("PATH="))
      return e.substr(5);
  return "/usr/local/bin:/usr/bin:/bin";
}

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (auto& t : texts)
    out.push_back(t.data());
  out.push_back(nullptr);
  return out;
}

spawned no_process(int error, std::string text) {
  spawned s;
  s.error = error;
  s.text = std::move(text) + ": " + std::strerror(error); // NOLINT: glibc's is thread-safe
  return s;
}

/// Attributes and file actions of posix_spawn, freed again.
struct plan {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  plan() {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawnattr_init(&attributes);
  }
  plan(const plan&) = delete;
  plan& operator=(const plan&) = delete;
  ~plan() {
    ::posix_spawn_file_actions_destroy(&actions);
    ::posix_spawnattr_destroy(&attributes);
  }
};

} // namespace

std::string find_program(const std::string& name, const std::string& path, int directory, int& error) {
  error = ENOENT;
  if (name.empty())
    return {};
  if (name.find('/') != std::string::npos)
    return name;
  std::string_view rest = path;
  for (bool more = true; more;) {
    const auto colon = rest.find(':');
    more = colon != std::string_view::npos;
    std::string file{rest.substr(0, colon)};
    rest.remove_prefix(more ? colon + 1 : rest.size());
    file += file.empty() ? "./" : "/"; // an empty part is the working directory, the program's own
    file += name;
    struct stat status{};
    if (::fstatat(directory, file.c_str(), &status, 0) != 0 || !S_ISREG(status.st_mode))
      continue;
    if (::faccessat(directory, file.c_str(), X_OK, AT_EACCESS) == 0)
      return file;
    error = EACCES;
  }
  return {};
}

spawned spawn(const program& what) {
  if (what.command.empty())
    return no_process(ENOENT, "an empty command");
  const auto& name = what.command.front();

  // Opened first, so that a wrong folder and a wrong program are told apart.
  fd directory;
  if (!what.cwd.empty()) {
    directory = above_standard(::open(what.cwd.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!directory)
      return no_process(errno, "cannot enter '" + what.cwd + "'");
  }
  auto environment = environment_of(what);
  auto arguments = what.command;
  int error = 0;
  const auto file = find_program(name, path_of(environment), directory ? directory.get() : AT_FDCWD, error);
  if (file.empty())
    return no_process(error, "cannot run '" + name + "'");

  pipe_ends out, err;
  spawned s;
  if (!make_pipe(out) || !make_pipe(err) || !s.guard.open())
    return no_process(errno, "cannot make a pipe for '" + name + "'");

  // posix_spawn, not fork: nothing of ours runs in the child, however many threads there are, and glibc hands back the
  // child's own errno when a step or the exec fails.
  plan p;
  auto* actions = &p.actions;
  if (directory)
    ::posix_spawn_file_actions_addfchdir_np(actions, directory.get());
  ::posix_spawn_file_actions_addopen(actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  ::posix_spawn_file_actions_adddup2(actions, out.write.get(), STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(actions, err.write.get(), STDERR_FILENO);
  // Ours are all close-on-exec; the embedder's need not be.
  ::posix_spawn_file_actions_addclosefrom_np(actions, 3);

  sigset_t none, all;
  ::sigemptyset(&none);
  ::sigfillset(&all);
  ::posix_spawnattr_setsigmask(&p.attributes, &none);
  ::posix_spawnattr_setsigdefault(&p.attributes, &all);
  // A session of its own is a process group of its own without a terminal: a program that asks for a password there
  // fails at once, where in a mere group it would be stopped for ever.
  ::posix_spawnattr_setflags(&p.attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);

  const int failed = ::posix_spawn(&s.pid, file.c_str(), actions, &p.attributes, pointers(arguments).data(),
                                   pointers(environment).data());
  if (failed != 0)
    return no_process(failed, "cannot run '" + name + "'");
  s.guard.watch(s.pid);
  s.out = std::move(out.read);
  s.err = std::move(err.read);
  return s;
}

} // namespace stint::detail
