#include "support/digest_guard.hpp"

#include <openssl/evp.h>

#include <array>
#include <stdexcept>

namespace async_http_pool::test {

namespace {

constexpr std::string_view nonce = "dcd98b7102dd2f0e8b11d0f600bfb0c093";

std::string hash(std::string_view algorithm, std::string_view text) {
  const EVP_MD* const kind = algorithm == "MD5" ? EVP_md5() : EVP_sha256();
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned length = 0;
  if (EVP_Digest(text.data(), text.size(), digest.data(), &length, kind, nullptr) != 1)
    throw std::runtime_error("EVP_Digest failed");
  std::string hex;
  for (unsigned i = 0; i < length; ++i) {
    hex += "0123456789abcdef"[digest[i] >> 4U];
    hex += "0123456789abcdef"[digest[i] & 0xFU];
  }
  return hex;
}

/// RFC 7616, section 3.4.1.
bool is_right(const DigestRealm& realm, const ReceivedRequest& request) {
  const std::string field = request.header("authorization");
  const auto parameter = [&](std::string_view name) { return digest_parameter(field, name); };
  const std::string a1 = hash(realm.algorithm, realm.username + ":ahp:" + realm.password);
  const std::string a2 = hash(realm.algorithm, request.method + ":" + request.target);
  const std::string expected =
      hash(realm.algorithm, a1 + ":" + std::string(nonce) + ":" + parameter("nc") + ":" +
                                parameter("cnonce") + ":auth:" + a2);
  return field.starts_with("Digest ") && parameter("nonce") == nonce &&
         parameter("uri") == request.target && parameter("username") == realm.username &&
         parameter("response") == expected;
}

}  // namespace

std::string digest_parameter(std::string_view field, std::string_view name) {
  const std::string key = std::string(name) + "=";
  for (std::size_t at = field.find(key); at != std::string_view::npos;
       at = field.find(key, at + 1)) {
    if (at > 0 && field[at - 1] != ' ' && field[at - 1] != ',') continue;  // of nonce in cnonce
    std::string_view value = field.substr(at + key.size());
    if (value.starts_with('"')) {
      value.remove_prefix(1);
      return std::string(value.substr(0, value.find('"')));
    }
    return std::string(value.substr(0, value.find(',')));
  }
  return {};
}

DynamicServer::Handler guarded_by_digest(DigestRealm realm, DynamicServer::Handler reply) {
  return [realm = std::move(realm), reply = std::move(reply)](const ReceivedRequest& request) {
    if (is_right(realm, request)) return reply(request);
    Reply challenge{.status = 401, .headers = {}, .body = "who are you"};
    challenge.headers.add("www-authenticate",
                          "Digest realm=\"ahp\", qop=\"auth\", algorithm=" + realm.algorithm +
                              ", nonce=\"" + std::string(nonce) + "\", opaque=\"o\"");
    return challenge;
  };
}

}  // namespace async_http_pool::test
