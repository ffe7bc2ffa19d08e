#pragma once

/// Marks what the shared library exports. Everything else is hidden.
#if defined(__GNUC__)
#define AHP_EXPORT __attribute__((visibility("default")))
#else
#define AHP_EXPORT
#endif
