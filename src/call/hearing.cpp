// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/hearing.h"

#include <algorithm>

#include <spdlog/spdlog.h>

namespace parley::call {
namespace {

using audio::kFrameSamples;
using audio::kSampleRate;
using audio::SamplePosition;

}  // namespace

Ear::Ear(std::shared_ptr<Link> link, std::shared_ptr<Interpreter> interpreter, const audio::EndpointerConfig& config,
         std::shared_ptr<const audio::VadModel> vad)
    : link_(std::move(link)), interpreter_(std::move(interpreter)), vad_(std::move(vad)), endpointer_(config) {}

void Ear::listen() {
  // Read before the frames: what the media thread pushed before it said so is then in the ring.
  const bool speaker_left = link_->speaker_left;
  for (HeardFrame frame; link_->heard.pop(frame);) {
    if (link_->service == Service::kTranslate) hear(frame);
  }
  if (speaker_left && !std::exchange(flushed_, true)) act(endpointer_.finish());
  interpreter_->pump();
  if (flushed_ && interpreter_->idle()) link_->finished = true;
}

void Ear::hear(const HeardFrame& frame) {
  recent_.insert(recent_.end(), frame.samples.begin(), frame.samples.end());
  heard_until_ += static_cast<SamplePosition>(kFrameSamples);
  newest_tick_ = frame.tick;
  // First, so that an endpoint in this frame comes after the sound.
  if (endpointer_.in_speech()) interpreter_->hear(frame.samples, endpointer_.voiced());
  if (endpointer_.voiced()) loudness_.add(frame.samples);
  const auto probability = vad_.feed(frame.samples);
  if (!probability) {
    give_up_translating(probability.error());
  } else if (*probability) {
    judge(**probability);
  }
  forget_old_sound();
}

void Ear::judge(const audio::SpeechProbability& window) {
  if (const auto patience = interpreter_->patience()) endpointer_.set_patience(*patience);
  act(endpointer_.feed(window));
  link_->speaker_talks.store(endpointer_.in_speech(), std::memory_order_relaxed);
}

void Ear::give_up_translating(const Error& error) {
  if (std::exchange(deaf_, true)) return;
  spdlog::error("[{}] {}: voice activity detection fails: {}", link_->session, link_->speaker, error.message);
  link_->mode = Mode::kPassThrough;
  link_->speaker_talks = false;  // Nobody would tell when it ends.
  interpreter_->announce_untranslated();
}

void Ear::act(const std::vector<audio::EndpointerEvent>& events) {
  for (const auto& event : events) {
    std::visit([this](const auto& happened) { on(happened); }, event);
  }
}

void Ear::on(const audio::SpeechStarted& started) {
  interpreter_->begin(media_time(started.first_voiced));
  const SamplePosition from = std::max(started.from, recent_begin_);
  interpreter_->hear(std::span(recent_).subspan(static_cast<std::size_t>(from - recent_begin_)), true);
}

void Ear::on(const audio::Paused&) {
  if (const auto loudness = loudness_.short_term()) link_->speaker_loudness = *loudness;
  interpreter_->pause();
}

void Ear::on(const audio::Endpoint& endpoint) {
  interpreter_->end({.speech_end = media_time(endpoint.last_voiced), .endpoint = media_time(heard_until_)});
}

void Ear::forget_old_sound() {
  const SamplePosition keep_from =
      heard_until_ - endpointer_.history() - static_cast<SamplePosition>(audio::kVadWindow);
  // In large steps, so that little is moved.
  if (keep_from - recent_begin_ < kSampleRate) return;
  recent_.erase(recent_.begin(), recent_.begin() + (keep_from - recent_begin_));
  recent_begin_ = keep_from;
}

milliseconds Ear::media_time(SamplePosition position) const {
  const auto newest_end = milliseconds((newest_tick_ + 1 - link_->first_tick) * kFrameTime.count());
  return newest_end - milliseconds((heard_until_ - position) * 1000 / kSampleRate);
}

Hearing::Hearing(std::shared_ptr<const Engines> engines, Executor& executor, telemetry::Ledger& ledger,
                 const CallConfig& config, const audio::EndpointerConfig& endpointer)
    : engines_(std::move(engines)),
      executor_(executor),
      ledger_(ledger),
      config_(config),
      endpointer_(endpointer),
      joining_(64) {}

Hearing::~Hearing() {
  thread_.request_stop();
  wake_.release();
  if (thread_.joinable()) thread_.join();
  for (auto& ear : ears_) ear.stop();
}

void Hearing::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      wake_.acquire();
      while (wake_.try_acquire()) {
        // Late: one look takes in all that has come since.
      }
      process();
    }
  });
}

void Hearing::process() {
  for (std::shared_ptr<Link> link; joining_.try_dequeue(link);) welcome(link);
  std::erase_if(ears_, [](Ear& ear) {
    if (!ear.done()) {
      ear.listen();
      return false;
    }
    ear.stop();
    return true;
  });
}

void Hearing::welcome(const std::shared_ptr<Link>& link) {
  auto interpreter = Interpreter::make(link, engines_, executor_, ledger_, config_);
  if (link->service == Service::kUnsupported) interpreter->announce_untranslated();
  ears_.emplace_back(link, std::move(interpreter), endpointer_, engines_->vad);
}

}  // namespace parley::call
