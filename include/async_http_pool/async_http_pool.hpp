#pragma once

/// Umbrella header: all of async-http-pool.
#include <async_http_pool/callback_args.hpp>
#include <async_http_pool/configuration.hpp>
#include <async_http_pool/error.hpp>
#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/external_storage.hpp>
#include <async_http_pool/file_store.hpp>
#include <async_http_pool/headers.hpp>
#include <async_http_pool/logger.hpp>
#include <async_http_pool/payload_store.hpp>
#include <async_http_pool/payload_store_check.hpp>
#include <async_http_pool/processor.hpp>
#include <async_http_pool/processor_observer.hpp>
#include <async_http_pool/redis_store.hpp>
#include <async_http_pool/request.hpp>
#include <async_http_pool/request_task.hpp>
#include <async_http_pool/request_template.hpp>
#include <async_http_pool/response.hpp>
#include <async_http_pool/s3_store.hpp>
#include <async_http_pool/synchronous_executor.hpp>
#include <async_http_pool/task_handler.hpp>
#include <async_http_pool/value.hpp>
#include <async_http_pool/version.hpp>
