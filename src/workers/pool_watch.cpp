// SPDX-License-Identifier: GPL-3.0-or-later
// The thread of a pool: reads what its processes say, and replaces those that die or hang.
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "workers/pool.h"

namespace parley::workers {
namespace {

using namespace std::chrono_literals;
using telemetry::Status;

constexpr auto kLookAgain = 50ms;   // While a request goes on.
constexpr auto kLookForDead = 5ms;  // While a process ends.
constexpr auto kLookAnyway = 250ms;
/// Whoever did not run for so long longer than it wanted to wait was stopped, or the machine was.
constexpr auto kAway = 250ms;

milliseconds until(SteadyClock::time_point time, SteadyClock::time_point now) {
  return std::max(0ms, std::chrono::ceil<milliseconds>(time - now));
}

}  // namespace

void Pool::serve() {
  for (;;) {
    start_what_is_missing(SteadyClock::now());
    tell_news();
    std::vector<ProcessPtr> watched;
    milliseconds wait{};
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) return;
      watched = processes();
      wait = time_to_wait(SteadyClock::now());
    }
    const auto away = wait_for_words(watched, wait);
    for (const auto& process : watched) read(process);
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    if (away > kAway) {
      for (const auto& process : processes()) process->excuse(away);
    }
    check(SteadyClock::now());
    bury();
  }
}

milliseconds Pool::time_to_wait(Time now) const {
  milliseconds wait = graveyard_.empty() ? milliseconds(kLookAnyway) : milliseconds(kLookForDead);
  if (!primary_ || (primary_->ready() && !spare_ && setup_.supervision.spares))
    wait = std::min(wait, until(next_start_, now));
  for (const auto& process : processes()) {
    if (!process->requests.empty()) wait = std::min(wait, milliseconds(kLookAgain));
  }
  return wait;
}

/// How much longer it took than it should.
SteadyClock::duration Pool::wait_for_words(const std::vector<ProcessPtr>& processes, milliseconds wait) {
  std::vector<pollfd> descriptors{{.fd = wake_.get(), .events = POLLIN, .revents = 0}};
  {
    const std::lock_guard lock(mutex_);
    for (const auto& process : processes) {
      const int writing = process->has_unsent() ? POLLOUT : 0;
      descriptors.push_back({.fd = process->socket(), .events = static_cast<short>(POLLIN | writing), .revents = 0});
    }
  }
  const auto begin = SteadyClock::now();
  poll(descriptors.data(), descriptors.size(), static_cast<int>(wait.count()));
  if (descriptors[0].revents != 0) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto taken = ::read(wake_.get(), &count, sizeof(count));
  }
  return SteadyClock::now() - begin - wait;
}

void Pool::read(const ProcessPtr& process) {
  std::vector<Message> messages;
  const auto received = process->receive(messages);
  const std::lock_guard lock(mutex_);
  if (process->phase() == Process::Phase::kGone) return;
  process->flush();
  for (auto& message : messages) {
    if (!deliver(process, message)) return lose(process, "said what makes no sense");
  }
  if (received || process->phase() == Process::Phase::kGone) return;
  const bool ended = received.error().code == ErrorCode::kUnavailable;
  lose(process, ended ? std::string() : "said what makes no sense: " + received.error().message);
}

bool Pool::deliver(const ProcessPtr& process, Message& message) {
  switch (message.type) {
    case MessageType::kReady: return take_facts(process, message);
    case MessageType::kNotLoaded: {
      const auto error = decode<Error>(message.payload);
      if (error) lose(process, "cannot work: " + error->message);
      return error.has_value();
    }
    case MessageType::kPong: process->pong(); return true;
    case MessageType::kHeard:
    case MessageType::kTranslated:
    case MessageType::kSound:
    case MessageType::kProgress:
    case MessageType::kError: break;
    default: return false;
  }
  const auto asked = process->requests.find(message.request);
  if (asked == process->requests.end()) return false;
  auto& waiting = *asked->second;
  if (waiting.state != Waiting::State::kWaiting) return false;
  if (message.type == MessageType::kProgress) {
    waiting.watch.progressed(SteadyClock::now(), process->cpu_time());
    return true;
  }
  waiting.answer = std::move(message);
  waiting.state = Waiting::State::kAnswered;
  waiting.changed.notify_one();
  return true;
}

bool Pool::take_facts(const ProcessPtr& process, const Message& message) {
  auto facts = decode<Facts>(message.payload);
  if (!facts || process->ready()) return false;
  if (!facts_) facts_ = std::make_shared<const Facts>(std::move(*facts));
  process->set_ready();
  last_start_took_ = process->ready_since() - process->started();
  spdlog::debug("{}: process {} is ready after {:.1f} s", name(), process->pid(),
                MillisF(*last_start_took_).count() / 1000.0);
  note_readiness();
  return true;
}

void Pool::note_readiness() {
  const bool now = primary_ && primary_->ready();
  if (ready_.exchange(now, std::memory_order_acq_rel) == now || !now) return;
  reason_.clear();
  readiness_.notify_all();
  news_.push_back({.kind = News::Kind::kReady,
                   .event = {.component = name(), .status = Status::kOk, .action = "heal", .reason = {}}});
}

void Pool::check(Time now) {
  for (const auto& process : processes()) {
    if (is_dying(process->pid())) {
      lose(process, {});
      continue;
    }
    check_requests(process, now);
    if (process->phase() == Process::Phase::kGone) continue;
    process->ping_if_due(now);
    if (process->pinged() && now - *process->pinged() > limits().ping) {
      lose(process, "does not answer");
    } else if (process->phase() == Process::Phase::kLoading && now - process->started() > limits().start) {
      lose(process, fmt::format("was not ready after {} s",
                                std::chrono::duration_cast<std::chrono::seconds>(limits().start).count()));
    }
  }
  const auto& back_off = setup_.supervision.back_off;
  if (primary_ && primary_->ready() && now - primary_->ready_since() >= back_off.forgiven_after &&
      now - last_death_ >= back_off.forgiven_after)
    deaths_in_a_row_ = 0;
}

void Pool::check_requests(const ProcessPtr& process, Time now) {
  const auto suspected = [now](const auto& entry) { return entry.second->watch.worth_a_look() <= now; };
  if (std::ranges::none_of(process->requests, suspected)) return;
  const auto used = process->cpu_time();
  const auto threads = threads_by_request(process->pid());
  for (const auto& [number, waiting] : process->requests) {
    if (waiting->watch.worth_a_look() > now || waiting->state != Waiting::State::kWaiting) continue;
    const auto own = threads.find(thread_number(number));
    const auto hang = waiting->watch.look({.now = now,
                                           .process = used,
                                           .request = own == threads.end() ? std::nullopt : std::optional(own->second),
                                           .requests = process->requests.size()});
    if (hang) return lose(process, "hangs: " + *hang, waiting);
  }
}

void Pool::start_what_is_missing(Time now) {
  bool spare = false;
  bool background = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || now < next_start_) return;
    spare = primary_ && primary_->ready() && !spare_ && setup_.supervision.spares;
    if (primary_ && !spare) return;
    background = std::ranges::none_of(processes(), [](const auto& process) { return process->works_in_background(); });
  }
  auto program = setup_.program;
  if (spare) program.arguments.emplace_back("--spare");
  if (!background) program.arguments.emplace_back("--no-background");
  auto child = spawn(program);
  const std::lock_guard lock(mutex_);
  if (!child) {
    reason_ = child.error().message;
    spdlog::error("{}: {}", name(), reason_);
    return count_death(SteadyClock::now());
  }
  if (stopping_) {
    kill(child->pid, SIGKILL);
    return graveyard_.add({.pid = child->pid});
  }
  auto process = std::make_shared<Process>(++serials_, std::move(*child), background);
  // The first may have died meanwhile: then this one is no spare.
  (primary_ ? spare_ : primary_) = std::move(process);
}

/// `cause`: empty when it ended by itself.
void Pool::lose(const ProcessPtr& process, std::string cause, const Waiting* culprit) {
  if (process->phase() == Process::Phase::kGone) return;
  process->end();
  for (const auto& [number, waiting] : process->requests) {
    if (waiting->state != Waiting::State::kWaiting) continue;
    waiting->state = culprit == nullptr || culprit == waiting ? Waiting::State::kLost : Waiting::State::kSpared;
    waiting->cause = cause.empty() ? "it crashed" : cause;
    waiting->changed.notify_one();
  }
  ++deaths_;
  count_death(SteadyClock::now());

  Grave grave{.pid = process->pid(), .cause = std::move(cause)};
  if (process == spare_) {
    spare_ = nullptr;
    grave.who = fmt::format("its spare, process {}", process->pid());
    grave.consequence = "; another is started";
  } else {
    primary_ = std::exchange(spare_, nullptr);
    const bool saved = primary_ && primary_->ready();
    grave.who = fmt::format("process {}", process->pid());
    grave.consequence = saved ? "; its spare took over" : "; it is started again";
    grave.status = saved ? Status::kDegraded : Status::kFailing;
    if (primary_ && !saved) raise_priority(primary_->pid());  // It is a spare no more, and calls wait for it.
    reason_ = "it is being started again";
  }
  graveyard_.add(std::move(grave));
  note_readiness();
}

void Pool::count_death(Time now) {
  const auto& back_off = setup_.supervision.back_off;
  milliseconds pause = back_off.first;
  for (int deaths = 0; deaths < deaths_in_a_row_ && pause < back_off.longest; ++deaths) pause *= 2;
  ++deaths_in_a_row_;
  last_death_ = now;
  next_start_ = now + std::min(pause, back_off.longest);
}

void Pool::bury() {
  for (auto& grave : graveyard_.bury()) {
    const auto what = fmt::format("{} {}{}", grave.who, grave.cause, grave.consequence);
    const bool failing = grave.status == Status::kFailing;
    if (failing && !ready_) reason_ = what;
    news_.push_back({.kind = failing ? News::Kind::kState : News::Kind::kEvent,
                     .event = {.component = name(), .status = grave.status, .action = "restart", .reason = what}});
  }
}

void Pool::tell_news() {
  std::vector<News> news;
  {
    const std::lock_guard lock(mutex_);
    news.swap(news_);
  }
  for (auto& [kind, event] : news) {
    // A process may have taken over meanwhile: then it is how the component was, not how it is.
    if (kind == News::Kind::kEvent || (kind == News::Kind::kState && ready())) {
      health_.report(std::move(event));
      continue;
    }
    health_.set(event.component, event.status, event.action, event.reason);
    if (kind == News::Kind::kReady && setup_.on_ready) setup_.on_ready(name());
  }
}

}  // namespace parley::workers
