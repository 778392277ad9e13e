// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/endpointer.h"

#include <algorithm>
#include <numeric>
#include <span>
#include <stdexcept>
#include <utility>

#include "audio/frame.h"

namespace parley::audio {
namespace {

SamplePosition samples(milliseconds time) { return time.count() * kSampleRate / 1000; }

// A beginning that pauses this long before it has min_speech was none.
constexpr milliseconds kMaybeGap{128};

// A pause is judged over this many windows: 7 * 32 ms, about the shortest pause between phrases.
constexpr std::size_t kPauseWindows = 7;

/// The window in the second half of an utterance that is the middle of its clearest pause; the latest of equals.
std::size_t best_pause(std::span<const SpeechProbability> windows) {
  const auto add = [](float sum, const SpeechProbability& window) { return sum + window.value; };
  std::size_t best = windows.size() / 2;
  float least = static_cast<float>(kPauseWindows);
  for (std::size_t first = windows.size() / 2; first + kPauseWindows <= windows.size(); ++first) {
    const auto pause = windows.subspan(first, kPauseWindows);
    const float voice = std::accumulate(pause.begin(), pause.end(), 0.0F, add);
    if (voice > least) continue;
    least = voice;
    best = first + kPauseWindows / 2;
  }
  return best;
}

}  // namespace

Result<void> EndpointerConfig::validate() const {
  if (!(start_probability > 0.0F && start_probability < 1.0F))
    return fail(ErrorCode::kInvalid, "start_probability must lie between 0 and 1");
  if (!(stop_probability > 0.0F && stop_probability <= start_probability)) {
    return fail(ErrorCode::kInvalid, "stop_probability must lie between 0 and start_probability ({})",
                start_probability);
  }
  if (min_speech < milliseconds(0)) return fail(ErrorCode::kInvalid, "min_speech must not be negative");
  if (endpoint_silence < milliseconds(100))
    return fail(ErrorCode::kInvalid, "endpoint_silence must be 100 ms or more: people pause inside words");
  if (pre_roll < milliseconds(0)) return fail(ErrorCode::kInvalid, "pre_roll must not be negative");
  if (max_utterance < milliseconds(2000)) return fail(ErrorCode::kInvalid, "max_utterance must be 2 s or more");
  return {};
}

Endpointer::Endpointer(const EndpointerConfig& config) : config_(config) {
  if (auto ok = config_.validate(); !ok) throw std::invalid_argument(ok.error().message);
}

std::vector<EndpointerEvent> Endpointer::feed(const SpeechProbability& window) {
  std::vector<EndpointerEvent> events;
  step(window, events);
  return events;
}

std::vector<EndpointerEvent> Endpointer::finish() {
  std::vector<EndpointerEvent> events;
  if (state_ == State::kMaybe) events.push_back(Discarded{first_voiced_, last_voiced_});
  if (state_ == State::kSpeech) end(Endpoint::Reason::kFinished, events);
  state_ = State::kSilence;
  windows_.clear();
  return events;
}

SamplePosition Endpointer::history() const {
  // At worst every window of voice is followed by the longest gap that a beginning survives.
  const SamplePosition window = kVadWindow;
  const SamplePosition windows = samples(config_.min_speech) / window + 1;
  return samples(config_.pre_roll) + windows * (window + samples(kMaybeGap));
}

void Endpointer::step(const SpeechProbability& window, std::vector<EndpointerEvent>& events) {
  if (state_ == State::kSilence) {
    if (window.value < (goes_on_ ? config_.stop_probability : config_.start_probability)) return;
    begin(window);
  }
  windows_.push_back(window);
  if (window.value >= config_.stop_probability) {
    voiced_ += window.end - window.begin;
    last_voiced_ = window.end;
  }
  const SamplePosition silence = window.end - last_voiced_;
  if (state_ == State::kMaybe) {
    if (voiced_ >= samples(config_.min_speech)) {
      confirm(events);
    } else if (silence >= samples(kMaybeGap)) {
      events.push_back(Discarded{first_voiced_, last_voiced_});
      state_ = State::kSilence;
      windows_.clear();
    }
    return;
  }
  if (silence >= samples(config_.endpoint_silence)) {
    end(Endpoint::Reason::kSilence, events);
  } else if (window.end - first_voiced_ >= samples(config_.max_utterance)) {
    cut(events);
  }
}

void Endpointer::begin(const SpeechProbability& window) {
  state_ = State::kMaybe;
  windows_.clear();
  first_voiced_ = window.begin;
  last_voiced_ = window.begin;
  voiced_ = 0;
}

void Endpointer::confirm(std::vector<EndpointerEvent>& events) {
  state_ = State::kSpeech;
  events.push_back(
      SpeechStarted{std::max({first_voiced_ - samples(config_.pre_roll), floor_, SamplePosition{0}}), first_voiced_});
}

void Endpointer::end(Endpoint::Reason reason, std::vector<EndpointerEvent>& events) {
  events.push_back(Endpoint{first_voiced_, last_voiced_, reason});
  floor_ = last_voiced_;
  state_ = State::kSilence;
  windows_.clear();
}

void Endpointer::cut(std::vector<EndpointerEvent>& events) {
  const std::vector<SpeechProbability> windows = std::exchange(windows_, {});
  const std::span<const SpeechProbability> rest = std::span(windows).subspan(best_pause(windows));
  last_voiced_ = rest.front().begin;
  end(Endpoint::Reason::kTooLong, events);
  // What came after the cut is heard again, as the beginning of the next utterance. It is shorter than the limit, so
  // this ends.
  goes_on_ = true;
  for (const SpeechProbability& window : rest) step(window, events);
  goes_on_ = false;
}

}  // namespace parley::audio
