#include "store_probe.hpp"

#include <stdexcept>
#include <string>

namespace ahp_tool {

void probe_store(const async_http_pool::ExternalStorage& storage) {
  const std::string payload = R"({"probe":"ahp"})";
  constexpr std::size_t store_always = 0;
  const std::string reference = storage.store(payload, store_always);
  const std::string fetched = storage.fetch(reference);
  storage.remove(reference);
  if (fetched != payload) throw std::runtime_error("it gave back something else than was stored");
}

}  // namespace ahp_tool
