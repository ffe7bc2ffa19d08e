#include <cstddef>
#include <memory>
#include <span>
#include <stdexcept>
#include <string>

#include <async_http_pool/body_source.hpp>
#include <async_http_pool/exceptions.hpp>
#include <async_http_pool/request_task.hpp>
#include "request/task_access.hpp"
#include "support/catch.hpp"

namespace async_http_pool {
namespace {

class SilentHandler final : public TaskHandler {
 public:
  void on_complete(const Response& /*response*/, std::string_view /*callback*/) override {}
  void on_error(const Error& /*error*/, std::string_view /*callback*/) override {}
  void retry() override {}
};

std::shared_ptr<TaskHandler> handler() { return std::make_shared<SilentHandler>(); }

RequestTask read(std::string_view text) { return RequestTask::from_json(text, handler()); }

std::string with(const std::string& members) {
  return R"({"request":{"http_method":"get","url":"http://x/"})" + members + "}";
}

void check_survives(const RequestTask& task) {
  const RequestTask again = read(task.to_json());
  CHECK(again.request() == task.request());
  CHECK(again.callback() == task.callback());
  CHECK(again.callback_args() == task.callback_args());
  CHECK(again.raise_error_responses() == task.raise_error_responses());
  CHECK(again.id() == task.id());
  CHECK(again.redirects() == task.redirects());
  CHECK(again.to_json() == task.to_json());
}

}  // namespace

TEST_CASE("A task is written with all its members in order") {
  const RequestTask task(Request::get("http://x/").build(), handler(), "Fetched", {{"k", 1}},
                         {true, "r-1"});
  CHECK(task.to_json() ==
        R"({"request":{"http_method":"get","url":"http://x/","headers":{},"body":null,)"
        R"("timeout":null,"max_redirects":null},"callback":"Fetched","callback_args":{"k":1},)"
        R"("raise_error_responses":true,"id":"r-1","redirects":[]})");
}

TEST_CASE("Tasks survive being written and read") {
  const Request request = Request::post("http://x/").body("\xff").max_redirects(9).build();
  check_survives(RequestTask(request, handler(), "C"));
  check_survives(RequestTask(request, handler(), "été", {{"a", Value::array({1})}}, {false, "é"}));
  RequestTask hop(request, handler(), "C", {}, {true, "r/2"});
  for (int i = 0; i < 10; ++i) {
    hop = TaskAccess::redirected(hop, Request::get("http://y/").build());
    check_survives(hop);
    CHECK(TaskAccess::base_id(read(hop.to_json())) == "r/2");
  }
}

TEST_CASE("A task that was read has its new handler and no times") {
  const auto given = handler();
  const RequestTask task = RequestTask::from_json(with(R"(,"callback":"c","id":"r")"), given);
  CHECK(task.handler() == given);
  CHECK_FALSE(task.enqueued_at().has_value());
  CHECK_FALSE(task.duration().has_value());
  CHECK_FALSE(task.raise_error_responses().has_value());
  CHECK(task.callback_args().empty());
  CHECK_THROWS_AS(RequestTask::from_json(with(R"(,"callback":"c","id":"r")"), nullptr),
                  std::invalid_argument);
}

TEST_CASE("What is wrong with a task is told with its place") {
  struct Case {
    std::string text, message;
  };
  const std::string fine = R"(,"callback":"c","id":"r")";
  for (const Case& c : {
           Case{"[]", "task: value must be an object, got: an array"},
           Case{"{}", "task.request: is missing"},
           Case{R"({"request":{}})", "task.request.http_method: is missing"},
           Case{with(""), "task.callback: is missing"},
           Case{with(R"(,"callback":"","id":"r")"), "task.callback: is empty"},
           Case{with(R"(,"callback":"c")"), "task.id: is missing"},
           Case{with(R"(,"callback":"c","id":"")"), "task.id: is empty"},
           Case{with(R"(,"callback":"c","id":"a\nb")"),
                "task.id: task id contains a control character"},
           Case{with(fine + R"(,"callback_args":{"a":)" + std::string(100, '[') +
                     std::string(100, ']') + "}"),
                "task.callback_args: callback_args: a" +
                    [] {
                      std::string path;
                      for (int i = 0; i < 95; ++i) path += "[0]";
                      return path;
                    }() +
                    " is nested deeper than 96 levels"},
           Case{with(fine + R"(,"raise_error_responses":1)"),
                "task.raise_error_responses: value must be a bool, got: an integer"},
           Case{with(fine + R"(,"redirects":["http://y/"])"),
                "task.id: does not end in \"/2\", as its redirects have it"},
       }) {
    CHECK_THROWS_WITH(read(c.text), c.message);
    CHECK_THROWS_AS(read(c.text), ParseError);
  }
}

TEST_CASE("A callback that is no text cannot be written") {
  const RequestTask task(Request::get("http://x/").build(), handler(), "\xff");
  CHECK_THROWS_AS(task.to_json(), std::invalid_argument);
}

TEST_CASE("A task whose body is supplied while it is sent cannot be written") {
  const auto source = make_body_source([](std::span<char>) { return std::size_t{0}; });
  const Request request = Request::post("http://x/").body_source(source).build();
  constexpr const char* reason = "a request with a body_source has no form in JSON";
  CHECK_THROWS_WITH(request.to_json(), reason);
  CHECK_THROWS_AS(request.to_json(), std::logic_error);
  CHECK_THROWS_WITH(RequestTask(request, handler(), "c").to_json(), reason);
}

}  // namespace async_http_pool
