// SPDX-License-Identifier: GPL-3.0-or-later
// The callers' side of a pool: questions, and what becomes of them. pool_watch.cpp has the side of its thread.
#include "workers/pool.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <system_error>
#include <utility>

#include <spdlog/spdlog.h>

namespace parley::workers {
namespace {

using namespace std::chrono_literals;

/// How long a question waits for a process that should be ready any moment.
constexpr auto kAnyMoment = 100ms;
constexpr int kMostDeaths = 2;
/// A question that is not to blame is put again, but not for ever.
constexpr int kMostTries = 5;
/// Killed processes that take longer are left to whoever adopts them: parleyd shall be gone, and its successor there.
constexpr auto kEndOfChildren = 100ms;

/// A question among those that a process works on, whatever happens.
class Registered {
 public:
  Registered(Process& process, std::uint64_t number, Waiting& waiting) : process_(process), number_(number) {
    process_.requests[number_] = &waiting;
  }
  ~Registered() { process_.requests.erase(number_); }
  Registered(const Registered&) = delete;
  Registered& operator=(const Registered&) = delete;

 private:
  Process& process_;
  const std::uint64_t number_;
};

bool is_cancelled(const Question& question) { return question.cancelled != nullptr && question.cancelled->load(); }

}  // namespace

Pool::Pool(Setup setup, telemetry::Health& health)
    : setup_(std::move(setup)), health_(health), wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!wake_) throw std::system_error(errno, std::system_category(), "eventfd");
  health_.set(name(), telemetry::Status::kDegraded, "start", reason_);
  thread_ = std::thread([this] { serve(); });
}

Pool::~Pool() { stop(); }

std::shared_ptr<const Facts> Pool::facts() const {
  const std::lock_guard lock(mutex_);
  return facts_;
}

Result<void> Pool::ask(const Question& question) {
  Lock lock(mutex_);
  Fate fate;
  auto answered = try_once(lock, question, fate);
  while (answered && !*answered) {
    if (stopping_ || fate.tries >= kMostTries) {
      answered = std::unexpected(unavailable());
    } else if (is_cancelled(question)) {
      answered = fail(ErrorCode::kCancelled, "{}: cancelled", name());
    } else if (fate.deaths >= kMostDeaths) {
      answered = fail(ErrorCode::kInternal, "{} died twice on the same request ({}): it is not tried again", name(),
                      fate.cause);
    } else {
      answered = try_once(lock, question, fate);
    }
  }
  give_turn_back(fate);
  if (!answered) return std::unexpected(std::move(answered.error()));
  return {};
}

/// True: it was answered. False: the process was lost, or another took its place.
Result<bool> Pool::try_once(Lock& lock, const Question& question, Fate& fate) {
  ++fate.tries;
  if (!wait_for_turn(lock, fate)) return std::unexpected(unavailable());
  const auto process = wait_for_process(lock);
  if (!process) return std::unexpected(unavailable());

  lock.unlock();
  const auto content = question.put(process->serial());
  lock.lock();
  if (!content) return std::unexpected(content.error());
  if (content->payload.size() > kMostPayload)
    return fail(ErrorCode::kInvalid, "{}: a request of {} MB is too long", name(), content->payload.size() >> 20U);
  if (!process->ready()) return false;

  Waiting waiting{.watch = HangWatch({.usual = question.limit,
                                      .absolute = limits().absolute,
                                      .runaway = limits().runaway,
                                      .threads = setup_.engine_threads},
                                     SteadyClock::now(), process->cpu_time())};
  {
    const auto number = ++requests_;
    const Registered registered(*process, number, waiting);
    process->send(content->type, number, content->payload);
    if (process->has_unsent()) wake();
    waiting.changed.wait(lock, [&] { return waiting.state != Waiting::State::kWaiting; });
  }
  if (waiting.state == Waiting::State::kSpared) return false;
  if (waiting.state == Waiting::State::kAnswered) {
    lock.unlock();
    const auto error =
        waiting.answer.type == MessageType::kError ? decode<Error>(waiting.answer.payload) : std::nullopt;
    const bool taken = error || question.take(process->serial(), waiting.answer);
    lock.lock();
    if (error) return std::unexpected(*error);
    if (taken) return true;
    waiting.cause = "answered what makes no sense";
    lose(process, waiting.cause);
    wake();
  }
  ++fate.deaths;
  fate.cause = waiting.cause;
  return false;
}

/// Questions that saw a process die are put again one after the other: should that be the end of the next process too,
/// it is known whose fault it is.
bool Pool::wait_for_turn(Lock& lock, Fate& fate) {
  if (fate.deaths == 0 || fate.suspect) return true;
  turn_.wait(lock, [this] { return !suspect_tried_ || stopping_; });
  if (stopping_) return false;
  suspect_tried_ = fate.suspect = true;
  return true;
}

void Pool::give_turn_back(Fate& fate) {
  if (!std::exchange(fate.suspect, false)) return;
  suspect_tried_ = false;
  turn_.notify_one();
}

Pool::ProcessPtr Pool::wait_for_process(Lock& lock) {
  const auto there = [this] { return stopping_ || (primary_ && primary_->ready()); };
  if (!there() && primary_ && last_start_took_) {
    const auto now = SteadyClock::now();
    if (primary_->started() + *last_start_took_ - now <= kAnyMoment)
      readiness_.wait_until(lock, now + kAnyMoment, there);
  }
  return !stopping_ && primary_ && primary_->ready() ? primary_ : nullptr;
}

Error Pool::unavailable() const {
  return {.code = ErrorCode::kUnavailable,
          .message = fmt::format("{} is not there now: {}", name(), stopping_ ? "parleyd stops" : reason_)};
}

void Pool::tell(std::uint64_t serial, MessageType type, std::uint64_t stream) {
  const std::lock_guard lock(mutex_);
  for (const auto& process : processes()) {
    if (process->serial() != serial) continue;
    process->send(type, 0, encode_stream(stream));
    if (process->has_unsent()) wake();
  }
}

telemetry::EngineStatus Pool::status() const {
  const std::lock_guard lock(mutex_);
  telemetry::EngineStatus status;
  status.name = name();
  status.state = state();
  if (status.state != telemetry::EngineState::kReady) status.reason = reason_;
  status.restarts = deaths_;
  CpuTime time = graveyard_.cpu_time();
  for (const auto& process : processes()) {
    // A spare that still loads does not stand by.
    if (process == primary_ || process->ready()) status.processes.push_back(process->pid());
    time += process->cpu_time();
    status.memory_bytes += resident_memory_of(process->pid());
  }
  status.cpu_seconds = std::chrono::duration<double>(time).count();
  return status;
}

telemetry::EngineState Pool::state() const {
  using telemetry::EngineState;
  if (primary_ && primary_->ready()) return EngineState::kReady;
  if (deaths_in_a_row_ >= setup_.supervision.back_off.failed_after) return EngineState::kFailed;
  return facts_ ? EngineState::kRestarting : EngineState::kStarting;
}

std::vector<Pool::ProcessPtr> Pool::processes() const {
  std::vector<ProcessPtr> all;
  if (primary_) all.push_back(primary_);
  if (spare_) all.push_back(spare_);
  return all;
}

void Pool::wake() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(wake_.get(), &one, sizeof(one));
}

void Pool::begin_to_stop() {
  const std::lock_guard lock(mutex_);
  if (std::exchange(stopping_, true)) return;
  for (const auto& process : processes()) {
    process->end();
    graveyard_.add({.pid = process->pid()});
    for (const auto& [number, waiting] : process->requests) {
      waiting->state = Waiting::State::kSpared;
      waiting->changed.notify_one();
    }
  }
  primary_ = spare_ = nullptr;
  ready_ = false;
  readiness_.notify_all();
  turn_.notify_all();
  wake();
}

void Pool::stop() {
  begin_to_stop();
  if (!thread_.joinable()) return;
  thread_.join();
  const std::lock_guard lock(mutex_);
  const auto deadline = SteadyClock::now() + kEndOfChildren;
  for (graveyard_.bury(); !graveyard_.empty() && SteadyClock::now() < deadline; graveyard_.bury())
    std::this_thread::sleep_for(1ms);
  if (!graveyard_.empty()) spdlog::debug("{}: a process was killed, but has not ended yet", name());
}

}  // namespace parley::workers
