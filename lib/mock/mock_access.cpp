#include "mock/mock_access.hpp"

#include "http/url.hpp"
#include "mock/mock_answer_state.hpp"
#include "mock/mock_transport_impl.hpp"
#include "mock/recording_impl.hpp"

#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace async_http_pool {

namespace {

/// The one before the other, and the network behind both.
class StackedDouble final : public TransferDouble {
 public:
  using Mock = std::shared_ptr<MockAccess::TransportImpl>;
  using Record = std::shared_ptr<MockAccess::RecordingImpl>;

  StackedDouble(Mock mock, Record recording)
      : mock_(std::move(mock)), recording_(std::move(recording)) {}

  std::shared_ptr<const CannedAnswer> answer_to(const Request& request,
                                                std::string_view cookies) override {
    if (mock_ != nullptr) {
      if (auto answer = mock_->answer_to(request, cookies)) return answer;
    }
    if (recording_ != nullptr) {
      if (auto answer = recording_->answer_to(request)) return answer;
    }
    if (mock_ == nullptr || mock_->allows_network()) return nullptr;
    return not_mocked(fmt::format("no rule of the mock transport matches {} {}", request.method(),
                                  redact_url(request.url())));
  }

  std::unique_ptr<TransferTap> tap(const Request& request) override {
    return recording_ == nullptr ? nullptr : recording_->tap(request);
  }

 private:
  // Both shared with what the test holds, which may go before the requests do.
  const Mock mock_;
  const Record recording_;
};

}  // namespace

std::shared_ptr<const CannedAnswer> MockAccess::canned(const MockAnswer& answer) {
  return {answer.state_, &answer.state_->canned};
}

std::shared_ptr<TransferDouble> transfer_double_of(const Configuration& configuration) {
  const auto& mock = configuration.mock_transport();
  const auto& recording = configuration.recording();
  if (mock == nullptr && recording == nullptr) return nullptr;
  return std::make_shared<StackedDouble>(mock ? MockAccess::impl_of(*mock) : nullptr,
                                         recording ? MockAccess::impl_of(*recording) : nullptr);
}

}  // namespace async_http_pool
