#include "batch_screen.hpp"

#include <ostream>

#include "duration.hpp"
#include "shown_text.hpp"
#include "transition_line.hpp"

namespace stint::cli {

namespace {

batch_screen::style style_for(bool json, int descriptor) {
  if (json)
    return batch_screen::style::json;
  return look_of(descriptor).terminal ? batch_screen::style::table : batch_screen::style::plain;
}

/// Tabs are for aligning, not for harming; they become blanks up to the next eighth column.
std::string without_tabs(std::string_view line) {
  std::string out;
  for (const auto c : line) {
    if (c == '\t')
      out.append(8 - out.size() % 8, ' ');
    else
      out += c;
  }
  return out;
}

} // namespace

std::string tail_of(std::string_view output, std::size_t lines) {
  while (!output.empty() && output.back() == '\n')
    output.remove_suffix(1);
  auto begin = output.size();
  for (std::size_t n = 0; n < lines && begin > 0; ++n) {
    const auto newline = output.rfind('\n', begin - 1);
    begin = newline == std::string_view::npos ? 0 : newline;
  }
  output.remove_prefix(begin);
  if (begin > 0)
    output.remove_prefix(1);
  std::string out;
  while (!output.empty()) {
    const auto end = output.find('\n');
    out += harmless(without_tabs(output.substr(0, end))) + "\n";
    output.remove_prefix(end == std::string_view::npos ? output.size() : end + 1);
  }
  return out;
}

std::string waiting_note(const explanation& why) {
  if (why.reason == wait_reason::capacity)
    return "all workers are busy";
  if (why.reason != wait_reason::claims || why.waits_for.empty())
    return why.text;
  const auto& b = why.waits_for.front();
  const auto key = b.key.empty() ? std::string{"everything"} : b.key;
  const auto whom = std::to_string(b.id) + " (" + b.name + ")";
  auto note = b.holds ? key + " is held by " + whom : key + ": " + whom + " goes first";
  if (why.waits_for.size() > 1)
    note += ", and " + std::to_string(why.waits_for.size() - 1) + " more";
  return note;
}

batch_screen::batch_screen(std::ostream& out, std::ostream& err, int descriptor, bool json)
  : out_(out), err_(err), descriptor_(descriptor), style_(style_for(json, descriptor)),
    table_(out, look_of(descriptor)) {}

void batch_screen::tell(const event& e, bool missed) {
  if (style_ == style::json)
    out_ << transition_line(e, missed) << '\n';
}

void batch_screen::draw(board& all, std::string_view hint) {
  auto footer = all.over() ? std::string{} : all.counted(); // the summary says the same
  if (!footer.empty() && !hint.empty())
    footer += "; " + std::string{hint};
  table_.draw(all.rows(), footer, size_of(descriptor_), all.elapsed());
}

void batch_screen::tell(std::span<const table_row> changed, nanos elapsed) {
  if (style_ == style::json)
    out_ << std::flush; // a reader wants to know now
  else
    table_.draw(changed, {}, {}, elapsed);
}

void batch_screen::say(std::string_view words) {
  if (style_ == style::table)
    table_.clear(size_of(descriptor_));
  err_ << "stint: " << harmless(words) << std::endl;
}

void batch_screen::finish(board& all, const std::deque<last_words>& failures, std::size_t more_failures,
                          std::string_view kept) {
  if (style_ == style::table)
    table_.leave();
  auto& to = style_ == style::json ? err_ : out_;
  for (const auto& f : failures) {
    to << "\n--- " << f.id << " " << harmless(f.name) << ": " << harmless(f.error) << "\n";
    if (!f.beginning && !f.text.empty())
      to << "[...]\n";
    to << f.text;
  }
  if (more_failures != 0)
    to << "\n--- and " << more_failures << " more failed\n";
  const auto n = all.rows().size();
  to << (failures.empty() ? "" : "\n") << n << (n == 1 ? " task in " : " tasks in ") << shown(all.elapsed()) << ": "
     << all.counted() << std::endl;
  if (!kept.empty())
    to << "output of each task: " << harmless(kept) << std::endl;
  out_ << std::flush;
}

bool batch_screen::broken() const { return !out_; }

} // namespace stint::cli
