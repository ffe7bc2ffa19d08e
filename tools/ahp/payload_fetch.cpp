#include "payload_fetch.hpp"

#include "payload_line.hpp"
#include "standard_streams.hpp"

#include <fmt/format.h>
#include <async_http_pool/exceptions.hpp>

#include <chrono>
#include <cstddef>
#include <exception>
#include <optional>
#include <system_error>
#include <utility>

namespace ahp_tool {
namespace {

using async_http_pool::ParseError;
using namespace std::chrono_literals;

// Lines that are read ahead, and so payloads that are fetched at a time.
constexpr std::size_t entries_max = 8;

}  // namespace

PayloadFetch::PayloadFetch(StoredPayloads payloads, bool removes, OwnedDescriptor output)
    : payloads_(std::move(payloads)),
      removes_(removes),
      output_(std::move(output)),
      threads_(entries_max) {}

void PayloadFetch::answer_all(LineReader reader) {
  for (;;) {
    while (!entries_.empty() && (entries_.size() >= entries_max || is_ready(*entries_.front())))
      pass_front();
    // Fetched payloads are not held up by an input that is slow.
    std::optional<LinePiece> piece = reader.next({fetched_->fd()});
    if (piece) {
      take_in(*std::move(piece));
    } else if (reader.at_end()) {
      break;
    } else {
      fetched_->clear();
    }
  }
  while (!entries_.empty()) pass_front();
}

void PayloadFetch::answer_one(const std::string& text) {
  Entry entry{{.text = text}, {}};
  start(entry);
  static_cast<void>(answer(entry));
}

void PayloadFetch::finish() {
  if (!output_.close()) fail_to_write();
}

bool PayloadFetch::leave() {
  constexpr int no_fd = -1;
  return threads_.finish({no_fd, std::chrono::steady_clock::now() + 100ms});
}

void PayloadFetch::take_in(LinePiece piece) {
  std::string place = fmt::format("line {}: ", piece.number);
  auto entry = std::make_unique<Entry>(Entry{std::move(piece), std::move(place)});
  const LinePiece& line = entry->piece;
  // Most have none, and need not be understood.
  if (line.begins_line && line.ends_line && line.text.find("$ref") != std::string::npos)
    start(*entry);
  entries_.push_back(std::move(entry));
}

// Begins to fetch what the line refers to, if it does.
void PayloadFetch::start(Entry& entry) {
  try {
    entry.line = read_output_line(entry.piece.text);
  } catch (const ParseError& error) {
    fail(fmt::format("{}not JSON: {}", entry.place, error.what()));
    return;
  }
  entry.reference = find_reference(entry.line);
  if (entry.reference == nullptr) return;
  const auto payload = std::make_shared<std::promise<std::string>>();
  entry.payload = payload->get_future();
  try {
    entry.source = payloads_.source_of(*entry.reference);
    threads_.post([payload, source = entry.source, reference = entry.reference->to_json(),
                   fetched = fetched_] {
      try {
        payload->set_value(source->fetch(reference));
      } catch (...) {
        payload->set_exception(std::current_exception());
      }
      fetched->raise();
    });
  } catch (const std::exception&) {
    payload->set_exception(std::current_exception());
  }
}

bool PayloadFetch::is_ready(const Entry& entry) const {
  return entry.reference == nullptr || entry.payload.wait_for(0s) == std::future_status::ready;
}

void PayloadFetch::pass_front() {
  Entry& entry = *entries_.front();
  if (!answer(entry)) write(entry.piece.ends_line ? entry.piece.text + "\n" : entry.piece.text);
  entries_.pop_front();
}

// Returns whether there was a reference, and something to print for it.
bool PayloadFetch::answer(Entry& entry) {
  if (entry.reference == nullptr) return false;
  std::string text;
  try {
    text = put_in_place(entry.line, *entry.reference, entry.payload.get());
  } catch (const std::exception& error) {
    fail(fmt::format("{}{}: {}", entry.place, describe_reference(*entry.reference), error.what()));
    return false;
  }
  write(text);
  if (removes_) remove(entry);
  return true;
}

void PayloadFetch::remove(const Entry& entry) {
  if (!output_.sync()) fail_to_write();
  try {
    entry.source->remove(entry.reference->to_json());
  } catch (const std::exception& error) {
    fail(fmt::format("{}cannot remove {}: {}", entry.place, describe_reference(*entry.reference),
                     error.what()));
  }
}

void PayloadFetch::write(const std::string& text) {
  if (output_.write_line(text, never_) != WriteResult::done) fail_to_write();
}

void PayloadFetch::fail(const std::string& message) noexcept {
  complain(message);
  has_failed_ = true;
}

void PayloadFetch::fail_to_write() const {
  throw std::system_error(output_.error(), std::generic_category(), "cannot write the output");
}

}  // namespace ahp_tool
