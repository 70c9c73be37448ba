#include <stint/line_marker.hpp>

#include <algorithm>

namespace stint {

void line_marker::emit(stream from, std::string_view line, std::string& text) {
  if (from == stream::err)
    text += error_mark;
  text += line;
  text += '\n';
}

void line_marker::feed(stream from, std::string_view read, std::string& text) {
  auto& partial = partial_[static_cast<std::size_t>(from)];
  while (!read.empty()) {
    const auto room = longest_ - partial.size();
    const auto end = read.substr(0, room + 1).find('\n');
    if (end == std::string_view::npos) {
      const auto taken = std::min(room, read.size());
      partial.append(read.substr(0, taken));
      read.remove_prefix(taken);
      // A full line waits for one more byte: it may be its newline.
      if (partial.size() == longest_ && !read.empty()) {
        emit(from, partial, text);
        partial.clear();
      }
      continue;
    }
    if (partial.empty()) {
      emit(from, read.substr(0, end), text);
    } else {
      partial.append(read.substr(0, end));
      emit(from, partial, text);
      partial.clear();
    }
    read.remove_prefix(end + 1);
  }
}

void line_marker::finish(std::string& text) {
  for (auto from : {stream::out, stream::err}) {
    auto& partial = partial_[static_cast<std::size_t>(from)];
    if (!partial.empty())
      emit(from, partial, text);
    partial.clear();
  }
}

} // namespace stint
