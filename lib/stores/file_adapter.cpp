#include <async_http_pool/file_store.hpp>
#include "config/built_in_adapters.hpp"
#include "stores/adapters.hpp"
#include "stores/store_options.hpp"

namespace async_http_pool {

std::shared_ptr<PayloadStore> make_file_store(const Value& options) {
  StoreOptions reader(file_adapter, options);
  FileStoreOptions wanted;
  StoreOptions::take(reader.string("directory"), wanted.directory);
  StoreOptions::take(reader.seconds("leftover_age"), wanted.leftover_age);
  reader.refuse_others();
  return std::make_shared<FileStore>(wanted);
}

}  // namespace async_http_pool
