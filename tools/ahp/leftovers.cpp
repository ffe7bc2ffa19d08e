#include "leftovers.hpp"

#include "request_line.hpp"

namespace ahp_tool {

std::optional<LinePiece> next_request_line(LineReader& reader, const WaitLimits& limits) {
  for (;;) {
    std::optional<LinePiece> piece = reader.next(limits);
    if (!piece || !piece->begins_line || !is_skipped_line(piece->text, piece->number)) return piece;
    reader.skip_line();
  }
}

void Leftovers::add(const std::vector<SourceLine>& lines) {
  for (const SourceLine& line : lines) {
    ++count_;
    if (file_ == nullptr) continue;
    file_->append(line.text);
    // A line that is too long goes on with the rest of the input.
    if (line.ends_line) file_->append("\n");
  }
}

void Leftovers::add_rest(LineReader& reader, const WaitLimits& limits) {
  constexpr int no_fd = -1;
  const WaitLimits waits = reader.is_regular_file() ? WaitLimits{no_fd} : limits;
  while (const std::optional<LinePiece> piece = next_request_line(reader, waits)) {
    if (piece->begins_line) ++count_;
    if (file_ == nullptr) continue;
    file_->append(piece->text);
    if (piece->ends_line) file_->append("\n");
  }
}

}  // namespace ahp_tool
