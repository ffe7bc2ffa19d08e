#pragma once

#include "request/body_source_use.hpp"

#include <async_http_pool/body_source.hpp>

#include <memory>
#include <utility>

namespace async_http_pool {

/// One request's hold on the source of its body, through all its attempts, redirects and pauses, so
/// that no other request reads, rewinds or closes it meanwhile. Another one that was first keeps
/// it: then an attempt of this request fails to claim it.
class SourceClaim {
 public:
  SourceClaim() noexcept = default;
  ~SourceClaim() {
    if (source_ != nullptr) BodySourceUse::release(*source_, owner_);
  }
  SourceClaim(const SourceClaim&) = delete;
  SourceClaim& operator=(const SourceClaim&) = delete;

  /// any-thread, once, when the request is made: who is first has the source. `source` may be null;
  /// `owner` is what the attempts claim it for.
  void begin(std::shared_ptr<BodySource> source, const void* owner) noexcept {
    source_ = std::move(source);
    owner_ = owner;
    static_cast<void>(is_ours());
  }
  /// Whether the source, if there is one, is at its first byte again.
  [[nodiscard]] bool start_over() const noexcept {
    try {
      return source_ == nullptr || (is_ours() && BodySourceUse::start_over(*source_));
    } catch (...) {
      return false;  // for whatever reason: the body cannot be sent again
    }
  }
  /// The request needs it no more: closes it, unless it is another one's, which may have it now.
  /// Before the application learns of the outcome, and sends the next one.
  void end() noexcept {
    if (source_ == nullptr) return;
    if (is_ours()) {
      source_->close();
      BodySourceUse::release(*source_, owner_);
    }
    source_.reset();
  }

 private:
  /// Also when nobody had it so far: of a request that is over before its first attempt.
  [[nodiscard]] bool is_ours() const noexcept {
    return source_ != nullptr && BodySourceUse::claim(*source_, owner_);
  }

  std::shared_ptr<BodySource> source_;  // shared with requests and the application; null: no more
  const void* owner_ = nullptr;
};

}  // namespace async_http_pool
