#include <harness/bench_program.hpp>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <utility>

#include <harness/facts.hpp>

namespace stint::bench {

namespace {

constexpr const char* usage = R"(usage: bench_%s [OPTION...]
  --json FILE   append the results to FILE, one JSON object a line
  --rounds N    rounds; every contestant runs once in each (5; with --quick 3, with --tiny 1)
  --quick       smaller sizes: an answer in seconds, of the same kind
  --tiny        hardly any work: only shows that the program still runs
  --check       exit with 3 when a bar is missed by more than 20 %%
  --only TEXT   only contestants with TEXT in their names; what needs a rival is then not judged
)";

[[noreturn]] void explain(const std::string& name, int code) {
  std::fprintf(code == 0 ? stdout : stderr, usage, name.c_str());
  std::exit(code);
}

} // namespace

program::program(int argc, char** argv, std::string name) : name_(std::move(name)) {
  std::size_t rounds = 0;
  for (int i = 1; i < argc; ++i) {
    const std::string_view arg = argv[i];
    auto value = [&]() -> std::string {
      if (i + 1 == argc)
        explain(name_, 2);
      return argv[++i];
    };
    if (arg == "--json")
      json_ = value();
    else if (arg == "--only")
      only_ = value();
    else if (arg == "--rounds")
      rounds = std::strtoul(value().c_str(), nullptr, 10);
    else if (arg == "--quick")
      quick_ = true;
    else if (arg == "--tiny")
      tiny_ = true;
    else if (arg == "--check")
      check_ = true;
    else
      explain(name_, arg == "--help" || arg == "-h" ? 0 : 2);
  }
  rounds_ = rounds != 0 ? rounds : tiny_ ? 1 : quick_ ? 3 : 5;
}

void program::missed(std::string what) { missed_ += "  " + std::move(what) + "\n"; }

int program::finish() const {
  if (missed_.empty())
    return 0;
  std::printf("missed by more than 20 %%:\n%s", missed_.c_str());
  return check_ ? 3 : 0;
}

int run_program(int argc, char** argv, const std::string& name, const std::function<void(program&)>& ask) {
  program run{argc, argv, name};
  try {
    const auto& f = machine_facts();
    std::printf("%s: %s, %u cores, %s, CAF %s, commit %s\n", name.c_str(), f.cpu.c_str(), f.cores, f.compiler.c_str(),
                f.caf.c_str(), f.commit.c_str());
    ask(run);
    return run.finish();
  } catch (const std::exception& e) {
    std::fprintf(stderr, "bench_%s: wrong result: %s\n", name.c_str(), e.what());
    return 1;
  }
}

} // namespace stint::bench
