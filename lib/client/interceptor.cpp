#include <async_http_pool/interceptor.hpp>

namespace async_http_pool {

Interceptor::~Interceptor() = default;

}  // namespace async_http_pool
