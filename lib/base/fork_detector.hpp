#pragma once

namespace async_http_pool {

/// Tells a forked child from the process that made the detector, without a system call: a byte in a
/// page that the kernel clears in children (madvise(2), MADV_WIPEONFORK). Where that is missing, by
/// the process id.
class ForkDetector {
 public:
  /// Throws `std::bad_alloc` when there is no memory for the page.
  ForkDetector();
  ~ForkDetector();
  ForkDetector(const ForkDetector&) = delete;
  ForkDetector& operator=(const ForkDetector&) = delete;

  /// any-thread
  [[nodiscard]] bool is_forked() const noexcept;

 private:
  volatile unsigned char* mark_ =
      nullptr;  // volatile: the kernel changes it behind the compiler's back
  bool wiped_on_fork_ = false;
  int process_id_ = 0;
};

}  // namespace async_http_pool
