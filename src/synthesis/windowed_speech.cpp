// SPDX-License-Identifier: GPL-3.0-or-later
#include "synthesis/windowed_speech.h"

#include <algorithm>
#include <numeric>

#include "audio/frame.h"

namespace parley::synthesis {
namespace {

// Frames of 12.5 ms. Voices begin up to 165 ms before the first phoneme's time, and have ended 100 ms before the closing
// mark's. The shaper cuts what of it is silence.
constexpr std::size_t kLeadFrames = 14;
constexpr std::size_t kTailFrames = 4;

struct FrameRange {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The frames in which the voice is heard: without the silence of the framing token before it, and of the marks and the
/// framing token behind it.
FrameRange voiced_frames(std::span<const std::int64_t> token_frames, std::size_t closing_marks) {
  const auto sum = [](std::span<const std::int64_t> frames) {
    return static_cast<std::size_t>(std::accumulate(frames.begin(), frames.end(), std::int64_t{0}));
  };
  const std::size_t total = sum(token_frames);
  const std::size_t before = sum(token_frames.first(1));
  const std::size_t behind = sum(token_frames.last(std::min(closing_marks + 1, token_frames.size() - 1)));
  const std::size_t end = std::min(total, total - behind + kTailFrames);
  return {std::min(before - std::min(before, kLeadFrames), end - 1), end};
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
  while (cancelled_ || sounding_ || next_run_ < phrase_.runs.size()) {
    if (!cancelled_ && !sounding_) {
      if (auto begun = begin_run(); !begun && !cancelled_) return std::unexpected(begun.error());
    }
    if (cancelled_) return fail(ErrorCode::kCancelled, "the synthesis was cancelled");
    const auto window = sounding_->windows.next(sounding_->conditioning);
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
  const auto& [tokens, closing_marks] = phrase_.runs[next_run_++];
  auto prosody = front_.run(tokens, phrase_.voice->row(tokens.size()), phrase_.speed, options_);
  if (!prosody) return std::unexpected(prosody.error());
  if (!generator_) generator_ = generators_.take();
  const auto statistics = statistics_.find(use_);
  const auto [begin, end] = voiced_frames(prosody->token_frames(), closing_marks);
  const vocoder::Stretch phrase = prosody->phrase();
  auto conditioning = vocoder::Conditioning::of(statistics->norms, prosody->style());
  sounding_.emplace(std::move(*prosody), std::move(conditioning), vocoder::WindowedRun(*generator_, phrase, begin, end),
                    SpeechShaper(vocoder::kSampleRate, statistics->level));
  expect(end - begin, tokens.size());
  return {};
}

/// Counts a run; those to come will take as long for each token.
void WindowedSpeech::expect(std::size_t frames, std::size_t tokens) {
  frames_begun_ += frames;
  tokens_begun_ += tokens;
  std::size_t to_come = 0;
  for (std::size_t i = next_run_; i < phrase_.runs.size(); ++i) to_come += phrase_.runs[i].tokens.size();
  expected_frames_ = frames_begun_ + frames_begun_ * to_come / tokens_begun_;
}

void WindowedSpeech::cancel() {
  cancelled_ = true;
  options_.SetTerminate();
}

SpeechPosition WindowedSpeech::position() const {
  return {milliseconds(given_samples_ * 1000 / audio::kSampleRate),
          milliseconds(expected_frames_ * 1000 / vocoder::kFrameRate)};
}

}  // namespace parley::synthesis
