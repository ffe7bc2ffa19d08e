#include "stored_payloads.hpp"

#include "payload_line.hpp"
#include "store_silence.hpp"
#include "usage_error.hpp"

#include <fmt/format.h>

#include <cstddef>
#include <filesystem>
#include <stdexcept>
#include <system_error>

namespace ahp_tool {
namespace {

using async_http_pool::Configuration;
using async_http_pool::ExternalStorage;
using async_http_pool::Value;

// References of a hostile input could name any number of them.
constexpr std::size_t stores_max = 16;

ExternalStorage open_storage(const StoreOption& store) {
  std::error_code error;
  if (const Value* directory = store.options.find("directory");
      directory != nullptr && !std::filesystem::is_directory(directory->as_string(), error)) {
    throw UsageError(fmt::format("{}: there is no such directory", store.name));
  }
  Configuration configuration;
  open_store(store, configuration);
  return ExternalStorage(configuration);
}

const std::string& name_in(const Value& reference) {
  const Value* const place = reference.find("$ref");
  const Value* const store = place != nullptr ? place->find("store") : nullptr;
  if (store == nullptr || !store->is_string()) throw std::invalid_argument("it names no store");
  return store->as_string();
}

// Throws unless it is a name that `ahp run` could have written.
StoreOption read_name(const std::string& name) {
  StoreOption store;
  try {
    store = parse_store_url(name);
  } catch (const std::invalid_argument& error) {
    throw std::invalid_argument(fmt::format("its store: {}", error.what()));
  }
  if (store.name != name) {
    throw std::invalid_argument(
        fmt::format("its store must be named as {}, without more", store.name));
  }
  return store;
}

}  // namespace

PayloadSource::PayloadSource(const StoreOption& store) : storage_(open_storage(store)) {}

template <typename Call>
auto PayloadSource::ask(const Call& call) {
  const StoreBreaker::Permit permit = breaker_.ask(StoreBreaker::Clock::now());
  if (permit == StoreBreaker::Permit::refused)
    throw std::runtime_error("the store does not answer, and is not asked again for a while");
  try {
    auto result = call();
    breaker_.answered();
    return result;
  } catch (const std::exception& error) {
    if (is_unanswered(error)) {
      breaker_.unanswered(permit, StoreBreaker::Clock::now());
    } else {
      breaker_.answered();
    }
    throw;
  }
}

std::string PayloadSource::fetch(const std::string& reference) {
  return to_one_line(ask([&] { return storage_.fetch(reference); }));
}

void PayloadSource::remove(const std::string& reference) {
  static_cast<void>(ask([&] {
    storage_.remove(reference);
    return true;
  }));
}

StoredPayloads::StoredPayloads(const std::optional<StoreOption>& only) {
  if (!only) return;
  only_name_ = only->name;
  open_.emplace(only->name, std::make_shared<PayloadSource>(*only));
}

std::shared_ptr<PayloadSource> StoredPayloads::source_of(const Value& reference) {
  const StoreOption store = read_name(name_in(reference));
  if (!only_name_.empty() && store.name != only_name_) {
    throw std::invalid_argument(
        fmt::format("it names the store {}, but --store is {}", store.name, only_name_));
  }
  const auto found = open_.find(store.name);
  if (found != open_.end()) return found->second;
  if (open_.size() >= stores_max) open_.clear();
  return open_.emplace(store.name, std::make_shared<PayloadSource>(store)).first->second;
}

std::string describe_reference(const Value& reference) {
  const Value* const place = reference.find("$ref");
  try {
    static_cast<void>(read_name(name_in(reference)));
    return reference.to_json();
  } catch (const std::invalid_argument&) {
    const Value* const key = place != nullptr ? place->find("key") : nullptr;
    return fmt::format(R"({{"$ref":{{"store":...,"key":{}}}}})",
                       key != nullptr && key->is_string() ? key->to_json() : "...");
  }
}

}  // namespace ahp_tool
