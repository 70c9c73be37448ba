#include "program_under_test.hpp"

#include <sstream>

#include <sys/stat.h>

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <stint/program.hpp>

namespace stint::test {

std::vector<std::string> stint_run::lines() const {
  std::vector<std::string> all;
  std::istringstream in{out};
  for (std::string line; std::getline(in, line);)
    all.push_back(line);
  return all;
}

void workplace::tasks(const std::vector<std::string>& lines) const {
  std::string text;
  for (const auto& line : lines)
    text.append(line).append(1, '\n');
  write_file(dir_ / "tasks", text);
}

bool workplace::has(const std::string& name) const {
  struct stat status{};
  return ::stat((dir_ / name).c_str(), &status) == 0;
}

stint_run workplace::run(const std::string& arguments) const { return shell("exec " STINT_PROGRAM " " + arguments); }

stint_run workplace::shell(const std::string& script) const {
  program p;
  p.command = {"sh", "-c", "exec >>.out 2>>.err; mkdir -p tmp; export TMPDIR=$PWD/tmp; " + script};
  p.cwd = dir_.path();
  write_file(dir_ / ".out", "");
  write_file(dir_ / ".err", "");
  const auto end = run_program(p, {}, {}, {});
  stint_run r;
  r.code = end.what == program_end::how::exited ? end.number : -end.number;
  r.out = read_file(dir_ / ".out");
  r.err = read_file(dir_ / ".err");
  return r;
}

std::string sh(const std::string& script, const std::string& fields) {
  return R"({"command":["sh","-c",)" + boost::json::serialize(boost::json::value(script)) + "]" + (fields.empty() ? "" : ",")
         + fields + "}";
}

} // namespace stint::test
