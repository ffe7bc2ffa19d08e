#pragma once

/// Clang's thread safety analysis (https://clang.llvm.org/docs/ThreadSafetyAnalysis.html); nothing
/// elsewhere.
#if defined(__clang__)
#define AHP_THREAD_ATTRIBUTE(x) __attribute__((x))
#else
#define AHP_THREAD_ATTRIBUTE(x)
#endif

#define AHP_CAPABILITY(name) AHP_THREAD_ATTRIBUTE(capability(name))
#define AHP_SCOPED_CAPABILITY AHP_THREAD_ATTRIBUTE(scoped_lockable)
#define AHP_GUARDED_BY(capability) AHP_THREAD_ATTRIBUTE(guarded_by(capability))
#define AHP_REQUIRES(capability) AHP_THREAD_ATTRIBUTE(requires_capability(capability))
#define AHP_ACQUIRE(...) AHP_THREAD_ATTRIBUTE(acquire_capability(__VA_ARGS__))
#define AHP_RELEASE(...) AHP_THREAD_ATTRIBUTE(release_capability(__VA_ARGS__))
#define AHP_ASSERT_CAPABILITY(capability) AHP_THREAD_ATTRIBUTE(assert_capability(capability))
