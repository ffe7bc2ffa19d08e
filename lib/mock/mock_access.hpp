#pragma once

#include "agent/transport.hpp"

#include <async_http_pool/configuration.hpp>
#include <async_http_pool/mock_transport.hpp>

#include <memory>

namespace async_http_pool {

/// What stands before the network of those that are set up so: the mock transport, and behind it
/// the recording. Null when neither is set.
[[nodiscard]] std::shared_ptr<TransferDouble> transfer_double_of(
    const Configuration& configuration);

/// The inside of what the tests of an application hold.
class MockAccess {
 public:
  using TransportImpl = MockTransport::Impl;
  using RecordingImpl = Recording::Impl;

  [[nodiscard]] static std::shared_ptr<const CannedAnswer> canned(const MockAnswer& answer);
  [[nodiscard]] static const std::shared_ptr<TransportImpl>& impl_of(
      const MockTransport& transport) noexcept {
    return transport.impl_;
  }
  [[nodiscard]] static const std::shared_ptr<RecordingImpl>& impl_of(
      const Recording& recording) noexcept {
    return recording.impl_;
  }
};

}  // namespace async_http_pool
