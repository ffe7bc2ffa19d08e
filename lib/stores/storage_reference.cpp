#include "stores/storage_reference.hpp"

#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/value.hpp>
#include "base/utf8.hpp"
#include "wire/json_writer.hpp"

namespace async_http_pool {
namespace {

constexpr std::string_view member_name = "$ref";

/// What no reference can do without, and most documents lack: spares reading them.
bool may_be_reference(std::string_view json) noexcept {
  if (json.size() > reference_bytes_max) return false;
  const std::size_t first = json.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos || json[first] != '{') return false;
  // With a backslash the name may be written as "\u0024ref".
  return json.find(member_name) != std::string_view::npos ||
         json.find('\\') != std::string_view::npos;
}

/// The member "$ref"; none when `json` has no such member or is not JSON.
std::optional<Value> reference_member(std::string_view json) {
  if (!may_be_reference(json)) return std::nullopt;
  try {
    const Value document = Value::from_json(json);
    const Value* member = document.find(member_name);
    return member == nullptr ? std::nullopt : std::optional(*member);
  } catch (const ParseError&) {
    return std::nullopt;
  }
}

}  // namespace

bool has_reference_member(std::string_view json) { return reference_member(json).has_value(); }

std::optional<StorageReference> read_reference(std::string_view json) {
  const std::optional<Value> member = reference_member(json);
  if (!member.has_value()) return std::nullopt;
  const Value* store = member->find("store");
  const Value* key = member->find("key");
  if (store == nullptr || !store->is_string() || key == nullptr || !key->is_string()) {
    return std::nullopt;
  }
  return StorageReference{store->as_string(), key->as_string()};
}

std::string write_reference(const StorageReference& reference) {
  JsonWriter writer;
  writer.begin_object();
  writer.key(member_name);
  writer.begin_object();
  writer.key("store");
  writer.string(reference.store);
  writer.key("key");
  writer.string(reference.key);
  writer.end_object();
  writer.end_object();
  return writer.take();
}

bool is_stored_key(std::string_view key) noexcept {
  return !key.empty() && key.size() <= stored_key_bytes_max && is_utf8(key);
}

}  // namespace async_http_pool
