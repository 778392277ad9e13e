// SPDX-License-Identifier: GPL-3.0-or-later
#include "call/hearing.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "media/priority.h"

namespace parley::call {
namespace {

using audio::kFrameSamples;
using audio::kSampleRate;
using audio::SamplePosition;

/// A detector that failed is trusted again when it has worked for so long.
constexpr milliseconds kTrusted{3000};

}  // namespace

Ear::Ear(std::shared_ptr<Link> link, std::shared_ptr<Interpreter> interpreter, const audio::EndpointerConfig& config,
         std::shared_ptr<const audio::VadModel> vad)
    : link_(std::move(link)), interpreter_(std::move(interpreter)), vad_(std::move(vad)), endpointer_(config) {}

std::size_t Ear::begin_look() {
  // Before the frames: what the media thread pushed before it said so is then in the ring.
  speaker_left_ = link_->speaker_left;
  return link_->heard.size();
}

void Ear::take(audio::VadBatch& detector) {
  HeardFrame frame;
  if (!link_->heard.pop(frame) || link_->service != Service::kTranslate) return;
  hear(frame);
  asked_ = vad_.take(frame.samples);
  if (asked_) detector.add(vad_);
}

void Ear::hear(const HeardFrame& frame) {
  forget_old_sound();
  recent_.insert(recent_.end(), frame.samples.begin(), frame.samples.end());
  heard_until_ += static_cast<SamplePosition>(kFrameSamples);
  newest_tick_ = frame.tick;
  // First, so that an endpoint in this frame comes after the sound.
  if (endpointer_.in_speech()) interpreter_->hear(frame.samples, endpointer_.voiced());
  if (endpointer_.voiced()) loudness_.add(frame.samples);
}

void Ear::judge(const Result<audio::SpeechProbability>& window) {
  asked_ = false;
  if (!window) return go_deaf(window.error());
  if (deaf_since_ && SteadyClock::now() - *deaf_since_ > kTrusted) {
    deaf_since_.reset();
    interpreter_->hear_again();
  }
  if (!deaf_since_) judge(*window);
}

void Ear::end_look() {
  if (speaker_left_ && !std::exchange(flushed_, true)) act(endpointer_.finish());
  interpreter_->pump();
  if (flushed_ && interpreter_->idle()) link_->finished = true;
}

void Ear::judge(const audio::SpeechProbability& window) {
  if (const auto patience = interpreter_->patience()) endpointer_.set_patience(*patience);
  act(endpointer_.feed(window));
  link_->speaker_talks.store(endpointer_.in_speech(), std::memory_order_relaxed);
}

/// Without a detector nobody would tell when speech ends: what was said until now is translated, then the original
/// voice is all there is.
void Ear::go_deaf(const Error& error) {
  act(endpointer_.finish());
  link_->speaker_talks = false;
  deaf_since_ = SteadyClock::now();
  interpreter_->deafen(fmt::format("voice activity detection fails: {}", error.message));
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

Hearing::Hearing(const Services& services, const audio::EndpointerConfig& endpointer)
    : services_(services), endpointer_(endpointer), joining_(64) {}

Hearing::~Hearing() {
  thread_.request_stop();
  wake_.release();
  if (thread_.joinable()) thread_.join();
  for (auto& ear : ears_) ear.stop();
}

void Hearing::start() {
  thread_ = std::jthread([this](const std::stop_token& stop) {
    media::raise_hearing_priority();
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
    if (ear.done()) ear.stop();
    return ear.done();
  });
  listen();
  note_load();
}

/// A frame of every direction at a time, so that the detector judges many at once. No more frames than there were when
/// the look began: who is late must still do the rest.
void Hearing::listen() {
  std::size_t frames = 0;
  for (Ear& ear : ears_) frames = std::max(frames, ear.begin_look());
  for (; frames > 0; --frames) {
    for (Ear& ear : ears_) ear.take(detector_);
    auto judged = detector_.judge().begin();
    for (Ear& ear : ears_) {
      if (ear.asked()) ear.judge(*judged++);
    }
  }
  for (Ear& ear : ears_) ear.end_look();
}

/// The deepest queues of all directions, and how much is spoken.
void Hearing::note_load() {
  using telemetry::Queue;
  std::array<std::size_t, telemetry::kQueues> deepest{};
  const auto note = [&](Queue queue, std::size_t depth) {
    auto& most = deepest[static_cast<std::size_t>(queue)];
    most = std::max(most, depth);
  };
  for (const Ear& ear : ears_) {
    const auto load = ear.load();
    note(Queue::kTranslation, load.utterances);
    note(Queue::kSynthesis, load.phrases);
    note(Queue::kPlayback, static_cast<std::size_t>(ear.link().playout.backlog() / kFrameTime));
    if (ear.in_speech()) services_.capacity.note_speech(kFrameTime);
  }
  for (const Queue queue : {Queue::kTranslation, Queue::kSynthesis, Queue::kPlayback}) {
    const auto i = static_cast<std::size_t>(queue);
    services_.stats.depth[i].store(static_cast<std::uint32_t>(deepest[i]), std::memory_order_relaxed);
  }
}

void Hearing::welcome(const std::shared_ptr<Link>& link) {
  auto interpreter = Interpreter::make(link, services_);
  if (link->service == Service::kUnsupported) interpreter->announce(synthesis::Notice::kUntranslated);
  if (link->service == Service::kBusy) interpreter->announce(synthesis::Notice::kBusy);
  ears_.emplace_back(link, std::move(interpreter), endpointer_, services_.engines->vad);
}

}  // namespace parley::call
