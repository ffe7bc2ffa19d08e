#pragma once

#include <memory>
#include <string>

namespace async_http_pool {

/// Which domains are shared by strangers: "com", "co.uk", "github.io" (https://publicsuffix.org).
/// The newer one of the list that libpsl was built with and the one of the machine. Made without
/// libpsl it knows none. any-thread once it is made
class PublicSuffixList {
 public:
  PublicSuffixList();
  ~PublicSuffixList();
  PublicSuffixList(const PublicSuffixList&) = delete;
  PublicSuffixList& operator=(const PublicSuffixList&) = delete;

  /// Whether the hosts below `domain`, in lower case, are known to belong together. A domain whose
  /// last label is in no rule is judged by its last label: "localhost" is public, "db.internal" is
  /// not.
  [[nodiscard]] bool is_private(const std::string& domain) const noexcept;
  /// The shortest private domain that `host`, in lower case, is in: "example.co.uk". Empty when
  /// none is known.
  [[nodiscard]] std::string registrable_domain(const std::string& host) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace async_http_pool
