#pragma once

#include <async_http_pool/client.hpp>

#include <array>
#include <optional>
#include <stop_token>
#include <utility>

namespace async_http_pool::test {

/// How an application gives up what it has sent.
enum class GiveUp { drop, cancel, stop_token };
inline constexpr std::array give_ups = {GiveUp::drop, GiveUp::cancel, GiveUp::stop_token};

/// A request that is to be given up, with all that can be done to it.
class Doomed {
 public:
  Doomed(const Client& client, Request request)
      : future_(client.send(std::move(request), SendOptions().set_stop_token(stop_.get_token()))) {}

  [[nodiscard]] ResponseFuture& future() { return *future_; }
  [[nodiscard]] bool has_response() const noexcept { return response_.has_value(); }
  /// Takes the response, which is given up from then on.
  StreamingResponse& response() {
    if (!response_) response_ = future_->get();
    return *response_;
  }
  void give_up(GiveUp how) {
    switch (how) {
      case GiveUp::drop:
        future_.reset();
        response_.reset();
        return;
      case GiveUp::cancel:
        response_ ? response_->cancel() : future_->cancel();
        return;
      case GiveUp::stop_token:
        stop_.request_stop();
        return;
    }
  }

 private:
  std::stop_source stop_;
  std::optional<ResponseFuture> future_;
  std::optional<StreamingResponse> response_;
};

}  // namespace async_http_pool::test
