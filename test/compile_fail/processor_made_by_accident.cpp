// expect: invalid initialization of reference|no matching function
#include <async_http_pool/async_http_pool.hpp>

// Configurations are made by name, and a processor never by accident.
void run(const async_http_pool::Processor& processor);

#ifdef AHP_CONTROL
void caller() { run(async_http_pool::Processor(async_http_pool::Configuration())); }
#else
void caller() { run(async_http_pool::Configuration()); }
#endif
