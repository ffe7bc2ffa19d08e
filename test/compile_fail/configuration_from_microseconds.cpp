// expect: convert|conversion
#include <async_http_pool/async_http_pool.hpp>

// Durations below a millisecond would be cut off in silence.
void configure(async_http_pool::Configuration& config) {
#ifdef AHP_CONTROL
  config.set_request_timeout(std::chrono::seconds(1));
#else
  config.set_request_timeout(std::chrono::microseconds(1'500));
#endif
}
