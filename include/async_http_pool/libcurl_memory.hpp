#pragma once

#include <async_http_pool/export.hpp>

namespace async_http_pool {

/// Has libcurl take its memory from what finished transfers of the same agent gave back, instead of
/// from malloc (curl_global_init_mem(3)). That makes requests cheaper: malloc looks at the
/// neighbours of each block, which with thousands of transfers are in no cache of the processor.
///
/// It is for the program to decide, as it changes libcurl for all who use it in this process: call
/// it first thing in `main`. Returns whether libcurl does so now; it does not when anybody
/// initialised it before, and where the C library does not tell the size of a block
/// (malloc_usable_size(3)).
///
/// The blocks are malloc's own still: threads other than agents get them from there, whoever frees
/// them by free(3) does no harm, and an allocator that is put in malloc's place is used. An agent
/// keeps 64 MiB of them at most, and gives all of them back once a minute.
/// Throws `std::runtime_error` when libcurl cannot be initialised. any-thread
AHP_EXPORT bool recycle_libcurl_memory();

}  // namespace async_http_pool
