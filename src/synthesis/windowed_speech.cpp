// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/windowed_speech.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "audio/frame.h"

namespace parley::synthesis {
namespace {

// A voice that nobody has measured is measured on the phrase itself, or on so much of it: 4 s, 75 MB meanwhile.
constexpr std::size_t kMeasuredFrames = 320;

// A word begins a little before its first token does.
constexpr std::size_t kFramesBeforeToken = 2;

/// The frame from which a token is heard; counted with the one that frames the phrase.
std::size_t begin_of_token(const KokoroProsody& prosody, std::size_t token) {
  const auto before = prosody.token_frames().first(token);
  const auto frames = std::accumulate(before.begin(), before.end(), std::size_t{0});
  return frames - std::min(frames, kFramesBeforeToken);
}

}  // namespace

WindowedSpeech::WindowedSpeech(const KokoroFront& front, const GeneratorPool& generators, StatisticsStore& statistics,
                               KokoroPhrase phrase, VoiceUse use)
    : front_(front),
      generators_(generators),
      statistics_(statistics),
      phrase_(std::move(phrase)),
      use_(std::move(use)) {}

WindowedSpeech::~WindowedSpeech() {
  sounding_.reset();
  if (generator_) generators_.give_back(std::move(generator_));
}

Result<std::vector<std::int16_t>> WindowedSpeech::next() {
  while (cancelled() || sounding_ || next_run_ < phrase_.runs.size()) {
    if (!cancelled() && !sounding_) {
      if (auto begun = begin_run(); !begun && !cancelled()) return std::unexpected(begun.error());
    }
    if (cancelled()) return fail(ErrorCode::kCancelled, "the synthesis was cancelled");
    const auto window = sounding_->windows.next(sounding_->conditioning);
    if (!std::ranges::all_of(window, [](float sample) { return std::isfinite(sample); })) {
      return fail(ErrorCode::kInternal,
                  "Kokoro gave sound that is no numbers: the voice or the model is damaged; run `make models`");
    }
    auto speech = window.empty() ? sounding_->shaper.finish() : sounding_->shaper.feed(window);
    if (window.empty()) sounding_.reset();
    if (!speech.empty()) {
      given_samples_ += speech.size();
      return speech;
    }
  }
  return std::vector<std::int16_t>();
}

Result<void> WindowedSpeech::begin_run() {
  const auto& run = phrase_.runs[next_run_];
  Tokens tokens = next_run_ == 0 ? phrase_.before : Tokens();
  const std::size_t unheard = tokens.size();
  tokens.insert(tokens.end(), run.begin(), run.end());
  ++next_run_;
  auto prosody = front_.run(tokens, phrase_.voice->row(tokens.size()), phrase_.speed, options_);
  if (!prosody) return std::unexpected(prosody.error());
  if (!generator_) generator_ = generators_.take();
  const auto [norms, level, correction] = foretell(*prosody);
  const vocoder::Stretch phrase = prosody->phrase();
  auto [begin, end] = generators_.weights()->activity.voiced(phrase.features);
  if (unheard > 0) begin = std::min(std::max(begin, begin_of_token(*prosody, unheard + 1)), end);
  auto conditioning = vocoder::Conditioning::of(norms, prosody->style());
  sounding_.emplace(std::move(*prosody), std::move(conditioning), vocoder::WindowedRun(*generator_, phrase, begin, end),
                    SpeechShaper(vocoder::kSampleRate, level, correction));
  expect(end - begin, run.size());
  return {};
}

WindowedSpeech::Foretold WindowedSpeech::foretell(const KokoroProsody& prosody) const {
  const auto& weights = generators_.weights();
  const vocoder::Stretch phrase = prosody.phrase();
  if (const auto known = statistics_.find(use_)) {
    const auto summary = vocoder::summary_of(phrase, prosody.token_frames().front());
    return {weights->map.predict(known->base, summary), known->level, 1.0F / std::sqrt(known->excess)};
  }
  const std::size_t frames = std::min(phrase.frames(), kMeasuredFrames);
  vocoder::Generator measuring(weights, frames);
  Foretold foretold;
  const auto sound =
      measuring.run_measuring(phrase.part(0, frames), prosody.style(), foretold.norms, cancel_.get_token());
  foretold.level = speech_level(sound, vocoder::kSampleRate);
  return foretold;
}

/// Counts a run; those to come will take as long for each token.
void WindowedSpeech::expect(std::size_t frames, std::size_t tokens) {
  frames_begun_ += frames;
  tokens_begun_ += tokens;
  std::size_t to_come = 0;
  for (std::size_t i = next_run_; i < phrase_.runs.size(); ++i) to_come += phrase_.runs[i].size();
  expected_frames_ = frames_begun_ + frames_begun_ * to_come / tokens_begun_;
}

void WindowedSpeech::cancel() {
  cancel_.request_stop();
  options_.SetTerminate();
}

SpeechPosition WindowedSpeech::position() const {
  return {milliseconds(given_samples_ * 1000 / audio::kSampleRate),
          milliseconds(expected_frames_ * 1000 / vocoder::kFrameRate)};
}

}  // namespace parley::synthesis
