// The only file that knows libpsl.
#include "http/public_suffix_list.hpp"

#include <libpsl.h>

namespace async_http_pool {

struct PublicSuffixList::State {
  struct Free {
    void operator()(psl_ctx_t* context) const noexcept { psl_free(context); }
  };
  std::unique_ptr<psl_ctx_t, Free> list;
};

PublicSuffixList::PublicSuffixList() : state_(std::make_unique<State>()) {
  state_->list.reset(psl_latest(nullptr));
}

PublicSuffixList::~PublicSuffixList() = default;

bool PublicSuffixList::is_private(const std::string& domain) const noexcept {
  // A libpsl without any list says of no domain that it is public.
  return state_->list != nullptr && psl_is_public_suffix(state_->list.get(), domain.c_str()) == 0;
}

std::string PublicSuffixList::registrable_domain(const std::string& host) const {
  if (state_->list == nullptr) return {};
  const char* const domain = psl_registrable_domain(state_->list.get(), host.c_str());
  return domain == nullptr ? std::string() : std::string(domain);
}

}  // namespace async_http_pool
