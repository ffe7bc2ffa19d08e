#include <async_http_pool/request_task.hpp>

#include <memory>
#include <stdexcept>
#include <string>

#include <async_http_pool/response.hpp>

#include "request/task_access.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

using namespace std::chrono_literals;

class SilentHandler final : public TaskHandler {
 public:
  void on_complete(const Response&, std::string_view) override {}
  void on_error(const Error&, std::string_view) override {}
  void retry() override {}
};

Request request_to(const char* url) { return Request::get(url).build(); }

RequestTask task_with(std::string id) {
  return RequestTask(request_to("http://x/1"), std::make_shared<SilentHandler>(), "Done",
                     {{"k", 1}}, {true, std::move(id)});
}

}  // namespace

TEST_CASE("A task without an id gets a random UUID") {
  const RequestTask first = task_with("");
  REQUIRE(first.id().size() == 36);
  CHECK(first.id()[14] == '4');
  CHECK(first.id() != task_with("").id());
}

TEST_CASE("A handler gets the body with the response unless it says otherwise") {
  SilentHandler handler;
  CHECK_FALSE(handler.streams_body());
  CHECK_NOTHROW(handler.on_body(Response(ResponseParts()), "bytes"));
}

TEST_CASE("A task keeps what it was made of") {
  const RequestTask task = task_with("job-1");
  CHECK(task.id() == "job-1");
  CHECK(task.callback() == "Done");
  CHECK(task.callback_args()["k"] == Value(1));
  CHECK(task.raise_error_responses() == true);
  CHECK(task.redirects().empty());
  CHECK_FALSE(task.enqueued_at().has_value());
  CHECK_FALSE(task.duration().has_value());
}

TEST_CASE("A task refuses an id that could not be a header value") {
  CHECK(task_with(std::string(256, 'a')).id().size() == 256);
  CHECK(task_with("job 1/2 é").id() == "job 1/2 é");
  for (const std::string& id : {std::string(257, 'a'), std::string("a\r\nx: y"),
                                std::string("a\0b", 3), std::string("\x7f"), std::string(" a"),
                                std::string("a "), std::string("\t"), std::string("\xff")}) {
    INFO(id);
    CHECK_THROWS_AS(task_with(id), std::invalid_argument);
  }
}

TEST_CASE("A task needs a handler and a callback") {
  CHECK_THROWS_AS(RequestTask(request_to("http://x/"), nullptr, "Done"), std::invalid_argument);
  CHECK_THROWS_AS(RequestTask(request_to("http://x/"), std::make_shared<SilentHandler>(), ""),
                  std::invalid_argument);
}

TEST_CASE("The hops of a chain of redirects are numbered") {
  RequestTask task = task_with("base");
  TaskAccess::mark_enqueued(task);
  TaskAccess::mark_started(task);
  TaskAccess::mark_completed(task, 5ns);
  CHECK(task.duration() == 5ns);
  const RequestTask second = TaskAccess::redirected(task, request_to("http://x/2"));
  CHECK(second.id() == "base/2");
  CHECK(second.redirects() == std::vector<std::string>{"http://x/1"});
  CHECK(second.request().url() == "http://x/2");
  CHECK(second.enqueued_at() == task.enqueued_at());
  CHECK_FALSE(second.started_at().has_value());
  CHECK_FALSE(second.completed_at().has_value());
  CHECK_FALSE(second.duration().has_value());
  CHECK(second.handler() == task.handler());
  CHECK(second.callback_args() == task.callback_args());
  const RequestTask third = TaskAccess::redirected(second, request_to("http://x/3"));
  CHECK(third.id() == "base/3");
  CHECK(third.redirects() == std::vector<std::string>{"http://x/1", "http://x/2"});
  CHECK(TaskAccess::base_id(third) == "base");
}

TEST_CASE("An id of the application's own that looks like a hop stays whole") {
  RequestTask task = task_with("job/2");
  CHECK(TaskAccess::base_id(task) == "job/2");
  for (int hop = 2; hop <= 12; ++hop) {
    task = TaskAccess::redirected(task, request_to("http://x/n"));
    CHECK(task.id() == "job/2/" + std::to_string(hop));
    CHECK(TaskAccess::base_id(task) == "job/2");
  }
}

}  // namespace async_http_pool
