#include "curl/tls_actions.hpp"

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>

#include <curl/curl.h>

#include "base/base64_decode.hpp"
#include "base/close_notify.hpp"
#include "base/printable.hpp"
#include "config/option_groups.hpp"
#include "config/proxy_choice.hpp"
#include "curl/curl_library.hpp"
#include "curl/quirks.hpp"
#include "curl/unusable_option.hpp"

namespace async_http_pool {
namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw UnusableOption(ErrorType::ssl, ErrorCode::tls_configuration, message);
}

const std::string& text_of(const std::optional<std::string>& option) noexcept {
  static const std::string& none =
      *new std::string;  // never destroyed: agents may be at work at exit
  return option.has_value() ? *option : none;
}

/// For options that not every libcurl, or not with every TLS library, has.
template <CURLoption option, typename T>
void require(const OptionContext& context, const char* name, T value) {
  if (!context.easy.set_if_known<option>(value))
    refuse(std::string("this libcurl cannot do ") + name);
}

enum class BlobLifetime : unsigned {
  of_configuration = CURL_BLOB_NOCOPY,  ///< which outlives the transfer
  of_libcurl = CURL_BLOB_COPY
};

template <CURLoption option>
void require_blob(const OptionContext& context, const char* name, const std::string& content,
                  BlobLifetime lifetime = BlobLifetime::of_configuration) {
  // libcurl only reads it.
  curl_blob blob{.data = const_cast<char*>(content.data()),
                 .len = content.size(),
                 .flags = static_cast<unsigned>(lifetime)};
  require<option>(context, name, &blob);
}

/// The options of libcurl that name authorities exist twice.
template <CURLoption file, CURLoption path, CURLoption blob>
void tell_authorities_of(const OptionContext& context, const RequestConfig& source) {
  const std::string& ca_file = text_of(source.ca_file());
  const std::string& ca_path = text_of(source.ca_path());
  const std::string& ca_pem = text_of(source.ca_pem());
  // What is not named is switched off: libcurl comes with the system's in both places.
  context.easy.set<file>(ca_file.empty() ? nullptr : ca_file.c_str());
  context.easy.set<path>(ca_path.empty() ? nullptr : ca_path.c_str());
  if (!ca_pem.empty()) require_blob<blob>(context, "ca_pem", ca_pem);
}

void tell_authorities(const OptionContext& context) {
  const RequestConfig& source = source_of_authorities(context.options);
  const std::string& path = text_of(source.ca_path());
  const bool has_file = !text_of(source.ca_file()).empty();
  const bool has_pem = !text_of(source.ca_pem()).empty();
  if (!has_file && !has_pem && path.empty()) return;
  if (has_file && has_pem) refuse("ca_file and ca_pem are both set");
  // OpenSSL looks for a file when it needs one, and would take a missing directory for an empty
  // one.
  std::error_code error;
  if (!path.empty() && !std::filesystem::is_directory(path, error))
    refuse("ca_path is no directory: " + async_http_pool::quoted(path));
  // Also without TLS to the server: what libcurl compares of connections to an https proxy is this.
  const bool has_tls =
      context.is_https || proxy_for(context.options, context.url) == ProxyKind::https;
  if (has_tls) {
    tell_authorities_of<CURLOPT_CAINFO, CURLOPT_CAPATH, CURLOPT_CAINFO_BLOB>(context, source);
  }
  if (!context.options.proxy_url().empty() || context.options.proxy_from_environment()) {
    tell_authorities_of<CURLOPT_PROXY_CAINFO, CURLOPT_PROXY_CAPATH, CURLOPT_PROXY_CAINFO_BLOB>(
        context, source);
  }
}

std::string decode_p12(const std::string& base64) {
  try {
    return decode_base64(base64);
  } catch (const std::invalid_argument&) {  // cannot be: the rule has seen it
    refuse("client_cert_p12 is no base64");
  }
}

void tell_client_certificate(const OptionContext& context) {
  const RequestConfig& source = source_of_client_certificate(context.options);
  const std::string& file = text_of(source.client_cert_file());
  const std::string& pem = text_of(source.client_cert_pem());
  const std::string& p12 = text_of(source.client_cert_p12());
  const std::string& key_file = text_of(source.client_key_file());
  const std::string& key_pem = text_of(source.client_key_pem());
  const std::string& password = text_of(source.client_key_password());

  const int certificates = int{!file.empty()} + int{!pem.empty()} + int{!p12.empty()};
  if (certificates > 1)
    refuse("more than one of client_cert_file, client_cert_pem and client_cert_p12 is set");
  if (!key_file.empty() && !key_pem.empty())
    refuse("client_key_file and client_key_pem are both set");
  const bool has_key = !key_file.empty() || !key_pem.empty();
  if (certificates == 0) {
    if (has_key) refuse("a client's key is set, but no certificate");
    return;
  }
  const bool is_p12 =
      !p12.empty() || (!file.empty() && source.client_cert_type() == CertificateFormat::p12);
  if (is_p12 && has_key) refuse("a client's key is set, but PKCS#12 brings its own");

  context.easy.set<CURLOPT_SSLCERTTYPE>(is_p12 ? "P12" : "PEM");
  if (!file.empty()) context.easy.set<CURLOPT_SSLCERT>(file.c_str());
  if (!pem.empty()) require_blob<CURLOPT_SSLCERT_BLOB>(context, "client_cert_pem", pem);
  if (!p12.empty()) {
    require_blob<CURLOPT_SSLCERT_BLOB>(context, "client_cert_p12", decode_p12(p12),
                                       BlobLifetime::of_libcurl);
  }
  if (!key_file.empty()) context.easy.set<CURLOPT_SSLKEY>(key_file.c_str());
  if (!key_pem.empty()) require_blob<CURLOPT_SSLKEY_BLOB>(context, "client_key_pem", key_pem);
  // Also when it is empty: otherwise OpenSSL asks for it on the terminal.
  context.easy.set<CURLOPT_KEYPASSWD>(password.c_str());
}

/// Connections and sessions must not serve an identity that did not open them. A client's own is
/// the same for all its requests but those with another, which are the ones kept apart.
void keep_identities_apart(const OptionContext& context) {
  if (!quirks_of(loaded_curl_version()).mixes_up_client_certificates) return;
  const RequestConfig& source = source_of_client_certificate(context.options);
  if (!has_client_certificate(source)) return;
  context.easy.set<CURLOPT_SSL_SESSIONID_CACHE>(0L);
  if (&source == &context.options.own()) keep_connection_apart(context);
}

long min_version_of(TlsVersion version) noexcept {
  switch (version) {
    case TlsVersion::v1_0:
      return CURL_SSLVERSION_TLSv1_0;
    case TlsVersion::v1_1:
      return CURL_SSLVERSION_TLSv1_1;
    case TlsVersion::v1_2:
      break;
    case TlsVersion::v1_3:
      return CURL_SSLVERSION_TLSv1_3;
  }
  return CURL_SSLVERSION_TLSv1_2;
}

long max_version_of(TlsVersion version) noexcept {
  switch (version) {
    case TlsVersion::v1_0:
      return CURL_SSLVERSION_MAX_TLSv1_0;
    case TlsVersion::v1_1:
      return CURL_SSLVERSION_MAX_TLSv1_1;
    case TlsVersion::v1_2:
      return CURL_SSLVERSION_MAX_TLSv1_2;
    case TlsVersion::v1_3:
      break;
  }
  return CURL_SSLVERSION_MAX_TLSv1_3;
}

void tell_versions_and_ciphers(const OptionContext& context) {
  const TlsVersion min = context.options.min_tls_version();
  const TlsVersion max = context.options.max_tls_version();
  if (min > max) refuse("min_tls_version is above max_tls_version");
  context.easy.set<CURLOPT_SSLVERSION>(min_version_of(min) | max_version_of(max));
  const std::string& ciphers = context.options.tls_ciphers();
  const std::string& ciphers13 = context.options.tls13_ciphers();
  if (!ciphers.empty()) require<CURLOPT_SSL_CIPHER_LIST>(context, "tls_ciphers", ciphers.c_str());
  if (!ciphers13.empty())
    require<CURLOPT_TLS13_CIPHERS>(context, "tls13_ciphers", ciphers13.c_str());
}

void tell_verification(const OptionContext& context) {
  const std::string& pin = context.options.pinned_public_key();
  context.easy.set<CURLOPT_SSL_VERIFYPEER>(context.options.danger_accept_invalid_certs() ? 0L : 1L);
  context.easy.set<CURLOPT_SSL_VERIFYHOST>(context.options.danger_accept_invalid_hosts() ? 0L : 2L);
  if (!pin.empty()) require<CURLOPT_PINNEDPUBLICKEY>(context, "pinned_public_key", pin.c_str());
}

CURLcode on_tls_context(CURL* easy, void* context, void* self) noexcept {
  static_cast<void>(easy);
  static_cast<void>(self);
  demand_close_notify(context);
  return CURLE_OK;
}

/// libcurl has OpenSSL forgive a missing close_notify. 7.88 does not even hear of it when OpenSSL
/// no longer does (see `is_ended_by_close_notify`), later ones fail then.
void tell_end_of_connection(const OptionContext& context) {
  if (loaded_curl_shares_openssl()) context.easy.set<CURLOPT_SSL_CTX_FUNCTION>(&on_tls_context);
}

}  // namespace

void tell_tls(const OptionContext& context) {
  tell_authorities(context);
  if (!context.is_https) return;
  tell_client_certificate(context);
  keep_identities_apart(context);
  tell_versions_and_ciphers(context);
  tell_verification(context);
  tell_end_of_connection(context);
}

}  // namespace async_http_pool
