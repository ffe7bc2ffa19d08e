#include "leftovers.hpp"

#include "request_line.hpp"

#include <exception>

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
    // A line that is too long goes on with the rest of the input.
    write(line.text, line.ends_line);
  }
}

void Leftovers::add_rest(LineReader& reader, const WaitLimits& limits) {
  constexpr int no_fd = -1;
  const WaitLimits waits = reader.is_regular_file() ? WaitLimits{no_fd} : limits;
  while (const std::optional<LinePiece> piece = next_request_line(reader, waits)) {
    if (piece->begins_line) ++count_;
    write(piece->text, piece->ends_line);
  }
}

void Leftovers::write(std::string_view text, bool ends_line) {
  if (file_ == nullptr) return;
  try {
    file_->append(text);
    if (ends_line) file_->append("\n");
  } catch (const std::exception& error) {
    failure_ = error.what();
    file_ = nullptr;
  }
}

std::string Leftovers::commit() {
  if (file_ == nullptr) return failure_;
  try {
    file_->commit();
    return {};
  } catch (const std::exception& error) {
    return error.what();
  }
}

}  // namespace ahp_tool
