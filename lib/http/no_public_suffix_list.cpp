// Stands for public_suffix_list.cpp in a build without libpsl.
#include "http/public_suffix_list.hpp"

namespace async_http_pool {

struct PublicSuffixList::State {};

PublicSuffixList::PublicSuffixList() = default;
PublicSuffixList::~PublicSuffixList() = default;

bool PublicSuffixList::is_private(const std::string& /*domain*/) const noexcept { return false; }

std::string PublicSuffixList::registrable_domain(const std::string& /*host*/) const { return {}; }

}  // namespace async_http_pool
