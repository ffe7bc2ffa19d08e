// A writer and the reader of what it writes: no byte may be lost, come twice or overtake another,
// no notice may be missed, and whoever waits must be woken when the other one ends.
#include <async_http_pool/body_source.hpp>

#include "support/catch.hpp"
#include "support/sanitized.hpp"
#include "support/watchdog.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <random>
#include <semaphore>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

using namespace async_http_pool;
using namespace async_http_pool::test;

namespace {

constexpr int round_count = is_thread_sanitized ? 300 : 2000;
constexpr std::size_t body_bytes_max = 50'000;

/// How a round ends.
enum class Ending { finished, failed, dropped, closed, source_dropped };

/// Bytes of which none equals its neighbours, nor those a few places off.
char byte_at(std::uint64_t place) { return static_cast<char>((place * 2654435761U) >> 13); }

std::string body_of(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = byte_at(i);
  return bytes;
}

/// An agent: reads until there is none, and then sleeps until it is told. Catch's assertions are
/// for one thread only: it keeps what it found.
class Reader {
 public:
  Reader(std::shared_ptr<BodySource> source, unsigned seed)
      : source_(std::move(source)), random_(seed) {}

  /// Until the end or `bytes_max`.
  void run(std::size_t bytes_max) {
    source_->set_notify([bell = bell_] { bell->release(); });
    try {
      while (count < bytes_max && read()) {
      }
    } catch (const std::runtime_error&) {
      has_failed = true;
    }
    has_stopped = !has_ended && !has_failed;
  }
  void close() { source_->close(); }
  void drop() { source_.reset(); }

  std::uint64_t count = 0;
  std::uint64_t wrong = 0;
  bool has_ended = false;
  bool has_failed = false;
  bool has_stopped = false;

 private:
  /// False at the end.
  bool read() {
    std::vector<char> buffer(1 + random_() % 700);
    const std::optional<std::size_t> size = source_->read(buffer);
    if (!size) {
      bell_->acquire();
      return true;
    }
    for (std::size_t i = 0; i < *size; ++i) wrong += buffer[i] == byte_at(count + i) ? 0 : 1;
    count += *size;
    has_ended = *size == 0;
    return !has_ended;
  }

  std::shared_ptr<BodySource> source_;
  std::minstd_rand random_;
  // Shared with notices that come late.
  std::shared_ptr<std::counting_semaphore<>> bell_ = std::make_shared<std::counting_semaphore<>>(0);
};

/// Writes all in pieces of random sizes, some with a time limit; false when nobody wants it.
bool write_all(BodyWriter& writer, std::string_view body, unsigned seed) {
  std::minstd_rand random(seed);
  while (!body.empty()) {
    const std::string_view piece = body.substr(0, 1 + random() % 900);
    if (random() % 4 > 0) {
      if (!writer.write(piece)) return false;
      body.remove_prefix(piece.size());
    } else {
      body.remove_prefix(writer.write_for(piece, std::chrono::milliseconds(random() % 2)));
      if (!writer.is_wanted()) return false;
    }
  }
  return true;
}

struct Round {
  Ending ending;
  std::size_t size;    // that are written
  std::size_t wanted;  // that are read, when the reader ends it
  std::size_t capacity;
  unsigned seed;
};

void run(const Round& round) {
  std::optional<BodyWriter> writer(std::in_place, BodyWriterOptions{.capacity = round.capacity});
  Reader reader(writer->source(), round.seed);
  const bool is_ended_by_reader =
      round.ending == Ending::closed || round.ending == Ending::source_dropped;
  std::thread reading([&] {
    reader.run(is_ended_by_reader ? round.wanted : SIZE_MAX);
    if (round.ending == Ending::closed) reader.close();
    if (round.ending == Ending::source_dropped) reader.drop();
  });
  const bool is_written = write_all(*writer, body_of(round.size), round.seed + 1);
  if (round.ending == Ending::failed) {
    writer->fail(std::make_exception_ptr(std::runtime_error("failed")));
  } else if (round.ending == Ending::dropped) {
    writer.reset();
  } else if (is_ended_by_reader) {
    std::uint64_t place = round.size;
    while (is_written && writer->write(std::string(1, byte_at(place)))) ++place;
  } else {
    writer->finish();
  }
  reading.join();

  CHECK(reader.wrong == 0);
  switch (round.ending) {
    case Ending::finished:
      CHECK(is_written);
      CHECK(reader.has_ended);
      CHECK(reader.count == round.size);
      break;
    case Ending::failed:
    case Ending::dropped:
      CHECK(is_written);
      CHECK(reader.has_failed);
      CHECK(reader.count <= round.size);
      break;
    case Ending::closed:
    case Ending::source_dropped:
      CHECK(reader.has_stopped);
      CHECK_FALSE(writer->is_wanted());
      break;
  }
}

}  // namespace

TEST_CASE("a writer and its reader lose nothing and nobody, however they end") {
  const Watchdog watchdog("a writer and its reader", 150s);
  std::minstd_rand random(20260000);
  for (int i = 0; i < round_count; ++i) {
    const std::size_t size = random() % body_bytes_max;
    const Round round{.ending = static_cast<Ending>(random() % 5),
                      .size = size,
                      .wanted = random() % (size + 1),
                      .capacity = 1 + random() % 4000,
                      .seed = static_cast<unsigned>(random())};
    CAPTURE(i, static_cast<int>(round.ending), round.size, round.wanted, round.capacity);
    run(round);
  }
}
