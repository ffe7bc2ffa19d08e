// expect: abstract
#include <async_http_pool/async_http_pool.hpp>

// A task that is given back without notice would be lost.
class Handler : public async_http_pool::TaskHandler {
 public:
  void on_complete(const async_http_pool::Response& response, std::string_view callback) override;
  void on_error(const async_http_pool::Error& error, std::string_view callback) override;
#ifdef AHP_CONTROL
  void retry() override;
#endif
};

const auto handler = std::make_shared<Handler>();
