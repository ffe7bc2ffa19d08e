#pragma once

#include <atomic>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

// Just enough of a coroutine runtime to show the library in examples and tests: a task, a wait for
// it, and a wait for many. An application brings its own: whatever can `co_await` will do.
namespace examples {

/// What a task came to.
template <typename T>
class TaskResult {
 public:
  void return_value(T value) { value_.emplace(std::move(value)); }
  void unhandled_exception() noexcept { failure_ = std::current_exception(); }
  T take() {
    if (failure_ != nullptr) std::rethrow_exception(std::move(failure_));
    return *std::move(value_);
  }

 private:
  std::optional<T> value_;
  std::exception_ptr failure_;
};

template <>
class TaskResult<void> {
 public:
  void return_void() const noexcept {}
  void unhandled_exception() noexcept { failure_ = std::current_exception(); }
  void take() {
    if (failure_ != nullptr) std::rethrow_exception(std::move(failure_));
  }

 private:
  std::exception_ptr failure_;
};

/// A coroutine that starts when it is awaited, once. It must not be destroyed between its start and
/// its end.
template <typename T>
class [[nodiscard]] Task {
 public:
  class promise_type;
  using Handle = std::coroutine_handle<promise_type>;

  explicit Task(Handle coroutine) noexcept : coroutine_(coroutine) {}
  ~Task() {
    if (coroutine_) coroutine_.destroy();
  }
  Task(Task&& other) noexcept : coroutine_(std::exchange(other.coroutine_, nullptr)) {}
  Task& operator=(Task&& other) noexcept {
    Task moved(std::move(other));
    std::swap(coroutine_, moved.coroutine_);
    return *this;
  }

  /// Runs the task; its result can be taken then.
  [[nodiscard]] auto until_done() noexcept {
    struct Awaiter {
      Handle coroutine;
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(std::coroutine_handle<> waiting) noexcept {
        coroutine.promise().waiting = waiting;
        return coroutine;
      }
      void await_resume() const noexcept {}
    };
    return Awaiter{coroutine_};
  }
  T take_result() { return coroutine_.promise().take(); }

  /// Runs the task and gives its result.
  [[nodiscard]] auto operator co_await() && noexcept {
    struct Awaiter : decltype(std::declval<Task&>().until_done()) {
      T await_resume() { return this->coroutine.promise().take(); }
    };
    return Awaiter{until_done()};
  }

 private:
  Handle coroutine_;
};

template <typename T>
class Task<T>::promise_type : public TaskResult<T> {
 public:
  [[nodiscard]] Task get_return_object() noexcept { return Task(Handle::from_promise(*this)); }
  [[nodiscard]] std::suspend_always initial_suspend() const noexcept { return {}; }
  [[nodiscard]] auto final_suspend() const noexcept {
    struct Awaiter {
      [[nodiscard]] bool await_ready() const noexcept { return false; }
      std::coroutine_handle<> await_suspend(Handle ended) const noexcept {
        return ended.promise().waiting;
      }
      void await_resume() const noexcept {}
    };
    return Awaiter();
  }

  std::coroutine_handle<> waiting;
};

/// A coroutine that belongs to nobody: it runs at once, and destroys itself before it calls
/// `at_end`, the second of its parameters.
class Detached {
 public:
  class promise_type {
   public:
    template <typename T>
    promise_type(Task<T>& /*task*/, std::function<void()>& at_end) : at_end_(std::move(at_end)) {}

    [[nodiscard]] Detached get_return_object() const noexcept { return {}; }
    [[nodiscard]] std::suspend_never initial_suspend() const noexcept { return {}; }
    [[nodiscard]] auto final_suspend() const noexcept {
      struct Awaiter {
        [[nodiscard]] bool await_ready() const noexcept { return false; }
        // Inlined by clang, it would keep its locals in what it destroys (LLVM issue 56301).
        [[gnu::noinline]] void await_suspend(
            std::coroutine_handle<promise_type> ended) const noexcept {
          const std::function<void()> at_end = std::move(ended.promise().at_end_);
          ended.destroy();
          at_end();
        }
        void await_resume() const noexcept {}
      };
      return Awaiter();
    }
    void return_void() const noexcept {}
    void unhandled_exception() const noexcept { std::terminate(); }  // tasks keep their failures

   private:
    std::function<void()> at_end_;
  };
};

/// Runs `task`, which must last until `at_end` is called.
template <typename T>
Detached run_detached(Task<T>& task, std::function<void()> /*at_end*/) {
  co_await task.until_done();
}

/// Runs `task` and waits for its result on this thread.
template <typename T>
T sync_wait(Task<T> task) {
  const auto done = std::make_shared<std::promise<void>>();
  std::future<void> wait = done->get_future();
  run_detached(task, [done] { done->set_value(); });
  wait.get();
  return task.take_result();
}

/// Runs all `tasks` at once, and gives their results in the same order when the last one is at its
/// end. Throws what the first of them, in that order, has failed with.
template <typename T>
Task<std::vector<T>> when_all(std::vector<Task<T>> tasks) {
  struct AllDone {
    std::atomic<std::size_t> left;
    std::coroutine_handle<> waiting = {};

    [[nodiscard]] bool is_last() noexcept { return left.fetch_sub(1) == 1; }
    [[nodiscard]] bool await_ready() const noexcept { return false; }
    [[nodiscard]] bool await_suspend(std::coroutine_handle<> coroutine) noexcept {
      waiting = coroutine;
      return !is_last();
    }
    void await_resume() const noexcept {}
  };
  AllDone all_done{tasks.size() + 1};  // and this coroutine itself
  for (Task<T>& task : tasks) {
    run_detached(task, [&all_done] {
      if (all_done.is_last()) all_done.waiting.resume();
    });
  }
  co_await all_done;
  std::vector<T> results;
  results.reserve(tasks.size());
  for (Task<T>& task : tasks) results.push_back(task.take_result());
  co_return results;
}

}  // namespace examples
