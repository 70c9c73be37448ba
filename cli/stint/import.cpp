#include "import.hpp"

#include <exception>
#include <fstream>
#include <iostream>
#include <optional>

#include "shown_text.hpp"
#include "stored_line.hpp"

namespace stint::cli {

namespace {

/// Bytes of a line. Most of a task is its output; this is four times what a list keeps of all tasks' output together.
constexpr std::size_t longest = std::size_t{1} << 30;

/// Reads line by line; throws bad lines.
class exported {
public:
  explicit exported(std::istream& in) : in_(in) {}

  /// Goes to the next line; false: there is none.
  bool next() {
    line_.clear();
    ++number_;
    constexpr auto end = std::char_traits<char>::eof();
    auto& buffer = *in_.rdbuf();
    auto c = buffer.sbumpc();
    if (c == end)
      return false;
    for (; c != end && c != '\n'; c = buffer.sbumpc()) {
      if (line_.size() == longest)
        refuse("line_too_long", "more than " + std::to_string(longest) + " bytes");
      line_ += static_cast<char>(c);
    }
    if (c == end)
      refuse("truncated", "the line has no end");
    return true;
  }

  template <class T>
  T take(std::variant<T, line_error> read) {
    if (auto* wrong = std::get_if<line_error>(&read))
      refuse(wrong->reason, wrong->text);
    return std::get<T>(std::move(read));
  }

  [[noreturn]] void refuse(std::string reason, std::string text) const {
    throw line_error{number_, std::move(reason), std::move(text)};
  }

  [[nodiscard]] std::string_view line() const { return line_; }

private:
  std::istream& in_;
  std::string line_;
  std::size_t number_ = 0;
};

/// The store's own word for what it does not take.
template <class T>
T need(const exported& in, result<T> r) {
  if (!r)
    in.refuse(std::string{to_string(r.code())}, r.error().text);
  return std::move(*r);
}

void import_all(const std::string& file, std::istream& from) {
  exported in{from};
  if (!in.next())
    in.refuse("no_export", "there is nothing");
  const auto head = in.take(read_head_line(in.line()));
  auto into = sqlite_target::open(file, head);
  if (!into)
    throw line_error{0, std::string{to_string(into.code())}, into.error().text};
  std::uint64_t tasks = 0;
  for (; in.next(); ++tasks) {
    if (tasks == head.tasks)
      in.refuse("bad_value", "the header says that there are " + std::to_string(head.tasks) + " tasks");
    need(in, into->add(in.take(read_task_line(in.line()))));
  }
  if (tasks != head.tasks)
    in.refuse("truncated", std::to_string(tasks) + " of " + std::to_string(head.tasks) + " tasks are there");
  need(in, into->finish());
}

} // namespace

int import_file(const std::string& file, const std::string& from) {
  std::ios::sync_with_stdio(false);
  const auto name = from == "-" ? std::string{"standard input"} : from;
  const auto told = [](const std::string& what) {
    std::cerr << "stint: " << harmless_lines(what) << "\n";
    return 2;
  };
  std::ifstream opened;
  if (from != "-") {
    opened.open(from, std::ios::binary);
    if (!opened)
      return told("unreadable: " + from);
  }
  try {
    import_all(file, from == "-" ? std::cin : opened);
    return 0;
  } catch (const line_error& e) {
    return told((e.line == 0 ? "" : name + ":" + std::to_string(e.line) + ": ") + e.reason + ": " + e.text);
  } catch (const std::exception& e) { // a folder opens like a file, and fails only now
    return told("unreadable: " + name + ": " + e.what());
  }
}

} // namespace stint::cli
