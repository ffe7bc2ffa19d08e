#include "curl/request_body.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <utility>

namespace async_http_pool {
namespace {

/// While it is sent; other bodies are in memory.
bool is_read_on_demand(const Request& request) noexcept {
  return request.body_file().has_value() || request.multipart().has_value() ||
         request.body_source() != nullptr;
}

}  // namespace

bool RequestBody::is_in(const Request& request) noexcept {
  return request.body().has_value() || is_read_on_demand(request);
}

void RequestBody::configure(EasyHandle& easy, HeaderLines& lines) {
  const std::string& method = request_.method();
  if (method == "HEAD") {
    easy.set<CURLOPT_NOBODY>(1L);
    return;
  }
  const bool announces_body =
      is_in(request_) || method == "POST" || method == "PUT" || method == "PATCH";
  if (announces_body) {
    easy.set<CURLOPT_POST>(1L);
    if (!is_read_on_demand(request_)) {
      // The request, and so its body, lives as long as this: libcurl need not copy it.
      const std::string_view bytes = request_.body() ? *request_.body() : std::string_view();
      size_ = static_cast<curl_off_t>(bytes.size());
      easy.set<CURLOPT_POSTFIELDSIZE_LARGE>(size_);
      easy.set<CURLOPT_POSTFIELDS>(bytes.empty() ? "" : bytes.data());
    }
    // What libcurl would add by itself; of a multipart body it names the boundary.
    if (!request_.multipart() && !request_.headers().contains("content-type"))
      lines.suppress("content-type");
  }
  if (method != (announces_body ? "POST" : "GET")) easy.set<CURLOPT_CUSTOMREQUEST>(method.c_str());
}

std::optional<TransferFailure> RequestBody::open(EasyHandle& easy) {
  if (!is_read_on_demand(request_)) return std::nullopt;
  close();
  size_ = 0;
  failure_.reset();
  if (request_.body_source()) return open_source(easy);
  return request_.body_file() ? open_body_file(easy) : open_multipart(easy);
}

std::optional<TransferFailure> RequestBody::open_source(EasyHandle& easy) {
  source_ = std::make_unique<SourceBuffer>(*request_.body_source(), source_owner_, on_hungry_);
  SourceBuffer& source = *source_;
  if (auto failure = source.open(notify_)) return failure;
  // -1, not known: libcurl chooses chunks for HTTP/1.1, and refuses to send it by HTTP/1.0.
  size_ = source.size() ? static_cast<curl_off_t>(*source.size()) : -1;
  easy.set<CURLOPT_POSTFIELDSIZE_LARGE>(size_);
  easy.set<CURLOPT_READFUNCTION>(&SourceBuffer::on_read);
  easy.set<CURLOPT_READDATA>(static_cast<void*>(&source));
  easy.set<CURLOPT_SEEKFUNCTION>(&SourceBuffer::on_seek);
  easy.set<CURLOPT_SEEKDATA>(static_cast<void*>(&source));
  return std::nullopt;
}

std::optional<TransferFailure> RequestBody::open_body_file(EasyHandle& easy) {
  Source* const source = open_file(*request_.body_file());
  if (source == nullptr) return failure_;
  easy.set<CURLOPT_POSTFIELDSIZE_LARGE>(size_);
  easy.set<CURLOPT_READFUNCTION>(&RequestBody::on_read);
  easy.set<CURLOPT_READDATA>(static_cast<void*>(source));
  easy.set<CURLOPT_SEEKFUNCTION>(&RequestBody::on_seek);
  easy.set<CURLOPT_SEEKDATA>(static_cast<void*>(source));
  return std::nullopt;
}

std::optional<TransferFailure> RequestBody::open_multipart(EasyHandle& easy) {
  mime_.reset(curl_mime_init(easy.get()));
  if (!mime_) throw std::bad_alloc();
  for (const Multipart::Part& part : request_.multipart()->parts()) {
    if (!add_part(part)) return failure_;
  }
  easy.set<CURLOPT_MIMEPOST>(mime_.get());
  ++size_;  // there are boundaries at least
  return std::nullopt;
}

void RequestBody::close() noexcept {
  mime_.reset();  // it points to the sources
  sources_.clear();
  source_.reset();
}

bool RequestBody::holds_back(const EasyHandle& easy) const noexcept {
  if (!is_paused()) return false;
  // Chunks count with their framing, which may hide some; 7.88 does not hold those back.
  const auto sent = easy.info<curl_off_t>(CURLINFO_SIZE_UPLOAD_T, 0);
  return static_cast<std::uint64_t>(sent) < source_->taken();
}

RequestBody::Source* RequestBody::open_file(const std::string& path) {
  Source& source = sources_.emplace_back(
      Source{.body = this, .bytes = {}, .file = std::make_unique<BodyFile>(path)});
  if (!source.file->measure()) {
    note_failure(*source.file);
    failure_->never_sent = true;
    return nullptr;
  }
  size_ += static_cast<curl_off_t>(source.file->size());
  return &source;
}

bool RequestBody::add_part(const Multipart::Part& part) {
  curl_mimepart* const mime_part = curl_mime_addpart(mime_.get());
  if (mime_part == nullptr) throw std::bad_alloc();
  check(curl_mime_name(mime_part, part.name.c_str()), "curl_mime_name");
  if (!part.file_name.empty())
    check(curl_mime_filename(mime_part, part.file_name.c_str()), "curl_mime_filename");
  if (!part.content_type.empty())
    check(curl_mime_type(mime_part, part.content_type.c_str()), "curl_mime_type");
  Source* source = nullptr;
  if (part.path.empty()) {
    source = &sources_.emplace_back(Source{.body = this, .bytes = part.bytes, .file = nullptr});
  } else {
    source = open_file(part.path);
    if (source == nullptr) return false;
  }
  const auto size = source->file ? static_cast<curl_off_t>(source->file->size())
                                 : static_cast<curl_off_t>(part.bytes.size());
  // By our own reader in both cases: libcurl would copy the bytes, and for a file that it cannot
  // read it has but one error, and for one that has become shorter none.
  check(curl_mime_data_cb(mime_part, size, &RequestBody::on_read, &RequestBody::on_seek, nullptr,
                          static_cast<void*>(source)),
        "curl_mime_data_cb");
  return true;
}

void RequestBody::note_failure(const BodyFile& file) {
  failure_ = TransferFailure{
      .type = ErrorType::unknown, .code = ErrorCode::request_body, .message = file.failure()};
  if (!file.lacks_resources()) return;
  failure_->type = ErrorType::connection;  // as for a socket that there is no descriptor for
  failure_->code = ErrorCode::out_of_resources;
}

std::size_t RequestBody::read(Source& source, char* buffer, std::size_t size) {
  if (source.file) {
    const auto count = source.file->read(buffer, size);
    if (count) return *count;
    source.body->note_failure(*source.file);
    return CURL_READFUNC_ABORT;
  }
  const std::string_view rest = source.bytes.substr(source.position, size);
  std::memcpy(buffer, rest.data(), rest.size());
  source.position += rest.size();
  return rest.size();
}

std::size_t RequestBody::on_read(char* buffer, std::size_t size, std::size_t count,
                                 void* source) noexcept {
  auto& self = *static_cast<Source*>(source);
  try {
    return read(self, buffer, size * count);
  } catch (const std::exception&) {
    // No allocation: it is short enough.
    self.body->failure_ = TransferFailure{.type = ErrorType::unknown,
                                          .code = ErrorCode::out_of_resources,
                                          .message = "out of memory"};
    return CURL_READFUNC_ABORT;
  }
}

int RequestBody::on_seek(void* source, curl_off_t offset, int origin) noexcept {
  auto& self = *static_cast<Source*>(source);
  if (origin != SEEK_SET || offset < 0) return CURL_SEEKFUNC_CANTSEEK;
  if (self.file) {
    self.file->seek(static_cast<std::uint64_t>(offset));
  } else {
    self.position = std::min(self.bytes.size(), static_cast<std::size_t>(offset));
  }
  return CURL_SEEKFUNC_OK;
}

}  // namespace async_http_pool
