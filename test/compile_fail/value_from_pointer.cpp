// expect: use of deleted function .*Value\(T\*\)|deleted (constructor|function)
#include <async_http_pool/async_http_pool.hpp>

// A pointer that is no C string would be `true` in JSON.
int number = 0;
#ifdef AHP_CONTROL
const async_http_pool::Value value(number);
#else
const async_http_pool::Value value(&number);
#endif
