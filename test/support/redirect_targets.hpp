#pragma once

#include "support/dynamic_server.hpp"

#include <string>
#include <vector>

namespace async_http_pool::test {

/// Where a server may redirect to: what arrives at `/echo` there tells what a redirect carries.
struct RedirectTarget {
  const char* title;
  std::string location;
  DynamicServer& server;
  bool is_same_origin;
};

[[nodiscard]] inline std::vector<RedirectTarget> redirect_targets(DynamicServer& home,
                                                                  DynamicServer& other) {
  const std::string by_name = "http://localhost:" + std::to_string(home.port()) + "/echo";
  return {{"same origin", "/echo", home, true},
          {"another port", other.url("/echo"), other, false},
          {"another name of the host", by_name, home, false}};
}

}  // namespace async_http_pool::test
