#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace async_http_pool {

/// What stands for a document in a payload store: `{"$ref":{"store":"files","key":"7f9c..."}}`.
struct StorageReference {
  std::string store;  ///< the name that it is registered under
  std::string key;
};

/// Longer texts are none: a document need not be read to know that it is no reference.
inline constexpr std::size_t reference_bytes_max = std::size_t{64} << 10;
/// A store may give keys of its own. Even written as escapes, `\u0001`, such a key fits.
inline constexpr std::size_t stored_key_bytes_max = std::size_t{8} << 10;

/// Whether `json` is an object with a member "$ref", within the bound above and `ParseLimits`.
[[nodiscard]] bool has_reference_member(std::string_view json);

/// Whitespace, the order of members, and members that we do not know, are of no concern. None when
/// `json` is no reference, or one that names no store or no key.
[[nodiscard]] std::optional<StorageReference> read_reference(std::string_view json);

/// `reference` has to be UTF-8.
[[nodiscard]] std::string write_reference(const StorageReference& reference);

/// Whether a reference can hold `key`.
[[nodiscard]] bool is_stored_key(std::string_view key) noexcept;

}  // namespace async_http_pool
