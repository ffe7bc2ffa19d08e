#include "support/outcome_ledger.hpp"

#include <set>
#include <utility>

namespace async_http_pool::test {

class OutcomeLedger::Handler final : public TaskHandler {
 public:
  Handler(std::shared_ptr<OutcomeLedger> ledger, std::string id)
      : ledger_(std::move(ledger)), id_(std::move(id)) {}

  void on_complete(const Response&, std::string_view) override {
    ledger_->report(id_, &Counts::completed);
  }
  void on_error(const Error&, std::string_view) override { ledger_->report(id_, &Counts::failed); }
  void retry() override { ledger_->report(id_, &Counts::given_back); }

 private:
  std::shared_ptr<OutcomeLedger> ledger_;  // shared: a handler may be called when the test is over
  std::string id_;
};

std::shared_ptr<OutcomeLedger> OutcomeLedger::create() {
  return std::shared_ptr<OutcomeLedger>(new OutcomeLedger);
}

std::shared_ptr<TaskHandler> OutcomeLedger::handler(std::string id) {
  return std::make_shared<Handler>(shared_from_this(), std::move(id));
}

bool OutcomeLedger::wait_for(std::size_t count, std::chrono::milliseconds timeout) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return totals_.total() >= count; });
}

OutcomeLedger::Counts OutcomeLedger::totals() const {
  const std::lock_guard lock(mutex_);
  return totals_;
}

OutcomeLedger::Counts OutcomeLedger::counts(const std::string& id) const {
  const std::lock_guard lock(mutex_);
  const auto found = counts_.find(id);
  return found != counts_.end() ? found->second : Counts{};
}

std::string OutcomeLedger::check_exactly_once(const std::vector<std::string>& ids) const {
  const std::lock_guard lock(mutex_);
  std::string wrong;
  const std::set<std::string> expected(ids.begin(), ids.end());
  if (expected.size() != ids.size()) wrong += "an id was given twice; ";
  for (const std::string& id : expected) {
    const auto found = counts_.find(id);
    const std::size_t total = found != counts_.end() ? found->second.total() : 0;
    if (total != 1) wrong += id + " has " + std::to_string(total) + " outcomes; ";
  }
  for (const auto& [id, counts] : counts_) {
    if (!expected.contains(id)) wrong += id + " is unknown; ";
  }
  return wrong;
}

void OutcomeLedger::report(const std::string& id, std::size_t Counts::*kind) {
  const std::lock_guard lock(mutex_);
  ++(counts_[id].*kind);
  ++(totals_.*kind);
  changed_.notify_all();
}

}  // namespace async_http_pool::test
