#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <async_http_pool/headers.hpp>
#include "http/http_date.hpp"

namespace async_http_pool {

/// What a download asks its server for.
struct DownloadQuestion {
  std::uint64_t offset = 0;    ///< where the bytes that are missing begin; 0: with the first
  std::string validator = {};  ///< of the content that the bytes before are of
  std::optional<std::uint64_t> total = {};  ///< bytes of that content, if that is known
  bool takes_coded = false;  ///< a content-encoding is no matter: it stays, or is decoded
};

enum class DownloadVerdict {
  take_whole,      ///< the body is the whole content
  take_rest,       ///< the body is what was missing
  ask_for_whole,   ///< nothing that fits: once more, for all of it
  ask_decoding,    ///< the content is coded although nobody wanted that: once more, decoding it
  refuse,          ///< the server makes no sense
  deliver_failure  ///< no success
};

/// What to do with a response. A pure function.
[[nodiscard]] DownloadVerdict judge_download(int status, const Headers& headers,
                                             const DownloadQuestion& asked) noexcept;

/// Bytes of the whole content of which a response that is to be taken has the rest.
[[nodiscard]] std::optional<std::uint64_t> download_total(const Headers& headers,
                                                          const DownloadQuestion& asked) noexcept;

/// What tells that a content is still the same, byte for byte, for `if-range`: a strong ETag, or
/// where there is none at all, a Last-Modified that is sure not to have changed within its second
/// (RFC 9110, sections 8.8.2.2 and 13.1.5). Empty: nothing does.
[[nodiscard]] std::string download_validator(const Headers& headers, WallTime now);

/// Whether `text` is what `download_validator` gives.
[[nodiscard]] bool is_download_validator(std::string_view text) noexcept;

}  // namespace async_http_pool
