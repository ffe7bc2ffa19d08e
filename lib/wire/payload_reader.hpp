#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "wire/object_reader.hpp"

namespace async_http_pool {

/// The bytes of a body that `write_payload` or the Ruby original has written; none when its value
/// is null. `content_type` tells whether the original has converted them, and to which charset they
/// are to be brought back. Throws `ParseError`, also when there are more than `bytes_max`.
[[nodiscard]] std::optional<std::string> decode_payload(const ObjectReader& payload,
                                                        std::string_view content_type,
                                                        std::size_t bytes_max);

}  // namespace async_http_pool
