// Clauses of the contract: what a body printed, and what of it is kept.
#include "store_owner.hpp"

namespace stint::contract {

namespace {

/// Expects a task's output, gaps shown as [n], read in large pieces and in small ones.
void reads(const owner& o, task_id id, const std::string& expected) {
  for (std::size_t limit : {1000U, 2U})
    need(o.output(id, limit) == expected, "output is '" + o.output(id, limit) + "', not '" + expected + "'");
}

void output_reads_back_from_any_offset(place& p) {
  owner o{p};
  const auto id = o.add(state::running);
  need(o.output(id).empty(), "nothing was printed yet");
  std::string all;
  for (const auto* text : {"first\n", "", "second\n", "a longer third line\n"}) {
    o.print(id, all.size(), text);
    all += text;
  }
  for (std::size_t offset = 0; offset <= all.size() + 2; ++offset)
    for (std::size_t limit : {1U, 5U, 100U}) {
      const auto from = std::min(offset, all.size());
      const auto piece = got(o.box->output(id, offset, limit), "output");
      const auto where = " at " + std::to_string(offset) + ", limit " + std::to_string(limit);
      need(piece.text == all.substr(from, limit), "got '" + piece.text + "'" + where);
      need(piece.offset == from && piece.next == from + piece.text.size(), "offsets are wrong" + where);
      need(piece.total == all.size() && piece.dropped == 0, "total or dropped is wrong" + where);
    }
}

void cut_output_is_skipped_and_counted(place& p) {
  owner o{p};
  const auto id = o.add(state::running);
  o.print(id, 0, "0123456");
  o.print(id, 7, "789abcdef");
  const auto cut = [&o, id](std::uint64_t from, std::uint64_t to) {
    auto b = o.next();
    b.cut.push_back({id, from, to});
    o.commit(b);
  };
  cut(5, 9); // across two prints
  reads(o, id, "01234[4]9abcdef");
  cut(6, 7); // nothing is there any more
  cut(3, 3); // nothing
  cut(4, 2); // nothing
  reads(o, id, "01234[4]9abcdef");
  cut(11, 12); // within one print
  reads(o, id, "01234[4]9a[1]cdef");
  const auto inside = got(o.box->output(id, 6, 10), "output");
  need(inside.offset == 9 && inside.dropped == 3 && inside.text == "9a", "a read that begins in a gap");
  cut(0, 1);
  reads(o, id, "[1]1234[4]9a[1]cdef");
  cut(14, 1000);
  reads(o, id, "[1]1234[4]9a[1]cd[2]");
  cut(0, output_cut{}.to);
  reads(o, id, "[16]"); // all of it is gone, and how much there was is known
  o.print(id, 16, "more");
  reads(o, id, "[16]more");
}

void output_that_nobody_kept_leaves_a_gap(place& p) {
  owner o{p};
  const auto id = o.add(state::running);
  o.print(id, 0, "head");
  o.print(id, 1'000'000'000'000, "tail");
  reads(o, id, "head[999999999996]tail");
}

void output_never_overwrites_what_was_printed(place& p) {
  owner o{p};
  const auto id = o.add(state::running);
  o.print(id, 0, "abc");
  auto b = o.next();
  b.printed = {{id, 3, "def"}, {id, 5, "x"}};
  refused(o.box->commit(b), errc::invalid_commit, "an offset before the end");
  reads(o, id, "abc");
}

void output_of_a_task_that_is_gone_is_dropped(place& p) {
  owner o{p};
  const auto gone = o.add(state::succeeded);
  const auto there = o.add(state::succeeded);
  o.remove({gone});
  auto b = o.next();
  b.printed = {{gone, 0, "late"}, {there, 0, "text"}};
  b.cut = {{gone, 0, 2}};
  o.commit(b);
  refused(o.box->output(gone, 0, 10), errc::task_deleted, "output");
  need(o.output(there) == "text", "the rest of the commit is taken");
}

void output_comes_with_the_task_that_printed_it(place& p) {
  owner o{p};
  const auto t = o.make(state::running);
  auto b = o.next();
  b.saved = {t};
  b.printed = {{t.id, 0, "both"}, {t.id, 4, " at once"}};
  b.cut = {{t.id, 1, 2}};
  o.commit(b);
  need(o.output(t.id) == "b[1]th at once", o.output(t.id));
}

} // namespace

std::vector<clause> output_clauses() {
  return {
    {"output_reads_back_from_any_offset", output_reads_back_from_any_offset},
    {"cut_output_is_skipped_and_counted", cut_output_is_skipped_and_counted},
    {"output_that_nobody_kept_leaves_a_gap", output_that_nobody_kept_leaves_a_gap},
    {"output_never_overwrites_what_was_printed", output_never_overwrites_what_was_printed},
    {"output_of_a_task_that_is_gone_is_dropped", output_of_a_task_that_is_gone_is_dropped},
    {"output_comes_with_the_task_that_printed_it", output_comes_with_the_task_that_printed_it},
  };
}

} // namespace stint::contract
