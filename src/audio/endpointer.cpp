// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/endpointer.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "audio/frame.h"

namespace parley::audio {
namespace {

SamplePosition samples(milliseconds time) { return time.count() * kSampleRate / 1000; }

// A beginning that pauses this long before it has min_speech was none.
constexpr milliseconds kMaybeGap{128};

// What still counts as a pause when an utterance has become as long as it may.
constexpr milliseconds kShortestPause{64};

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
  if (pause < milliseconds(32) || pause > endpoint_silence)
    return fail(ErrorCode::kInvalid, "pause must be 32 ms to endpoint_silence ({} ms)", endpoint_silence.count());
  if (pre_roll < milliseconds(0)) return fail(ErrorCode::kInvalid, "pre_roll must not be negative");
  if (max_utterance < milliseconds(2000)) return fail(ErrorCode::kInvalid, "max_utterance must be 2 s or more");
  return {};
}

Endpointer::Endpointer(const EndpointerConfig& config) : config_(config) {
  if (auto ok = config_.validate(); !ok) throw std::invalid_argument(ok.error().message);
}

std::vector<EndpointerEvent> Endpointer::feed(const SpeechProbability& window) {
  std::vector<EndpointerEvent> events;
  newest_ = window.end;
  if (state_ == State::kSilence) {
    if (window.value < (goes_on_ ? config_.stop_probability : config_.start_probability)) {
      goes_on_ = false;
      return events;
    }
    begin(window);
  }
  if (window.value >= config_.stop_probability) {
    voiced_ += window.end - window.begin;
    last_voiced_ = window.end;
  }
  if (state_ == State::kMaybe) {
    if (voiced_ >= samples(config_.min_speech)) {
      confirm(events);
    } else if (newest_ - last_voiced_ >= samples(kMaybeGap)) {
      events.push_back(Discarded{first_voiced_, last_voiced_});
      state_ = State::kSilence;
    }
  } else {
    go_on(events);
  }
  return events;
}

void Endpointer::begin(const SpeechProbability& window) {
  state_ = State::kMaybe;
  first_voiced_ = window.begin;
  last_voiced_ = window.begin;
  voiced_ = 0;
}

void Endpointer::confirm(std::vector<EndpointerEvent>& events) {
  state_ = State::kSpeech;
  paused_ = false;
  goes_on_ = false;
  patience_ = samples(config_.endpoint_silence);
  events.push_back(
      SpeechStarted{std::max({first_voiced_ - samples(config_.pre_roll), floor_, SamplePosition{0}}), first_voiced_});
}

void Endpointer::go_on(std::vector<EndpointerEvent>& events) {
  const SamplePosition silence = newest_ - last_voiced_;
  if (silence == 0 && std::exchange(paused_, false)) {
    patience_ = samples(config_.endpoint_silence);
    events.push_back(Resumed{});
  }
  if (silence >= samples(config_.pause) && !std::exchange(paused_, true)) events.push_back(Paused{last_voiced_});
  if (silence >= patience()) {
    end(Endpoint::Reason::kSilence, events);
  } else if (newest_ - first_voiced_ >= samples(config_.max_utterance)) {
    goes_on_ = silence == 0;
    end(Endpoint::Reason::kTooLong, events);
  }
}

void Endpointer::end(Endpoint::Reason reason, std::vector<EndpointerEvent>& events) {
  events.push_back(Endpoint{first_voiced_, last_voiced_, reason});
  floor_ = last_voiced_;
  state_ = State::kSilence;
}

void Endpointer::set_patience(milliseconds silence) { patience_ = samples(std::max(silence, config_.pause)); }

/// Silence that ends the utterance now.
SamplePosition Endpointer::patience() const {
  const SamplePosition longest = samples(config_.max_utterance);
  const SamplePosition left = longest - (newest_ - first_voiced_);
  if (left >= longest / 3) return patience_;
  const SamplePosition least = std::min(patience_, samples(kShortestPause));
  return least + (patience_ - least) * std::max(left, SamplePosition{0}) / (longest / 3);
}

std::vector<EndpointerEvent> Endpointer::finish() {
  std::vector<EndpointerEvent> events;
  if (state_ == State::kMaybe) events.push_back(Discarded{first_voiced_, last_voiced_});
  if (state_ == State::kSpeech) end(Endpoint::Reason::kFinished, events);
  state_ = State::kSilence;
  return events;
}

SamplePosition Endpointer::history() const {
  // At worst every window of voice is followed by the longest gap that a beginning survives.
  const SamplePosition window = kVadWindow;
  const SamplePosition windows = samples(config_.min_speech) / window + 1;
  return samples(config_.pre_roll) + windows * (window + samples(kMaybeGap));
}

}  // namespace parley::audio
