// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/time_stretch.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <stdexcept>

namespace parley::audio {
namespace {

constexpr std::size_t kCompared = kSampleRate * 15 / 1000;  // what has to be alike, a period apart
constexpr std::size_t kLookEvery = kSampleRate * 4 / 1000;
constexpr std::size_t kLongestFade = kSampleRate * 10 / 1000;
constexpr std::size_t kLookahead = TimeStretch::kLongestPeriod + kCompared;

/// A debt of so much is paid wherever it is; a smaller one waits for a place where the voice repeats itself.
constexpr float kLargestDebt = kSampleRate * 30 / 1000;
constexpr float kLikenessAtOnce = 0.9F;

constexpr int kSilentPeak = 33;  // −60 dBFS

constexpr float kGlidePerSample = 0.25F / (kSampleRate / 10);

using Window = std::array<std::int16_t, kLookahead>;

/// Brings samples to 11 bits, so that sums of their products fit 32.
int shift_for(std::span<const std::int16_t> samples) {
  int peak = 0;
  for (const std::int16_t sample : samples) peak = std::max(peak, std::abs(int{sample}));
  return std::max(0, static_cast<int>(std::bit_width(static_cast<unsigned>(peak))) - 11);
}

std::int32_t product(const std::int16_t* a, const std::int16_t* b) {
  std::int32_t sum = 0;
  for (std::size_t i = 0; i < kCompared; ++i) sum += std::int32_t{a[i]} * std::int32_t{b[i]};
  return sum;
}

}  // namespace

void TimeStretch::set_tempo(float tempo) { target_ = std::clamp(tempo, 1.0F, kFastest); }

void TimeStretch::write(std::span<const std::int16_t> samples) {
  if (samples.size() > room()) throw std::length_error("a time stretch was given more than it has room for");
  if (end_ + samples.size() > buffer_.size()) {
    std::copy(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_),
              buffer_.begin() + static_cast<std::ptrdiff_t>(end_), buffer_.begin());
    end_ -= begin_;
    begin_ = 0;
  }
  std::ranges::copy(samples, buffer_.begin() + static_cast<std::ptrdiff_t>(end_));
  end_ += samples.size();
}

std::size_t TimeStretch::clear() {
  const std::size_t forgotten = waiting();
  begin_ = end_ = 0;
  return forgotten;
}

TimeStretch::Progress TimeStretch::read(std::span<std::int16_t> out, std::size_t keep) {
  Progress progress;
  while (progress.given < out.size() && waiting() > keep) {
    const std::size_t wanted = out.size() - progress.given;
    if (until_look_ == 0) {
      progress.taken += leave_out(wanted + keep);
      until_look_ = kLookEvery;
    }
    const std::size_t count = std::min({wanted, waiting() - keep, until_look_});
    std::copy_n(buffer_.begin() + static_cast<std::ptrdiff_t>(begin_), count,
                out.begin() + static_cast<std::ptrdiff_t>(progress.given));
    begin_ += count;
    until_look_ -= count;
    progress.given += count;
    progress.taken += count;
    glide(count);
  }
  return progress;
}

void TimeStretch::glide(std::size_t samples) {
  const float step = kGlidePerSample * static_cast<float>(samples);
  tempo_ = std::clamp(target_, tempo_ - step, tempo_ + step);
  debt_ = tempo_ == 1.0F ? 0.0F : std::min(kLargestDebt, debt_ + (tempo_ - 1.0F) * static_cast<float>(samples));
}

/// Leaves out a period where one is owed and the voice repeats itself, if `needed` samples are there after it. Returns
/// its length.
std::size_t TimeStretch::leave_out(std::size_t needed) {
  if (tempo_ == 1.0F || waiting() < kLookahead || waiting() < needed + kShortestPeriod) return 0;
  const auto longest =
      std::min({kLongestPeriod, static_cast<std::size_t>(std::max(0.0F, 2.0F * debt_)), waiting() - needed});
  if (longest < kShortestPeriod) return 0;
  const auto [period, likeness] = repetition(longest);
  if (likeness < kLikenessAtOnce - (1.0F + kLikenessAtOnce) * debt_ / kLargestDebt) return 0;

  const std::size_t fade = std::min(period, kLongestFade);
  for (std::size_t i = 0; i < fade; ++i) {
    const auto weight = (static_cast<float>(i) + 0.5F) / static_cast<float>(fade);
    const auto before = static_cast<float>(buffer_[begin_ + i]);
    std::int16_t& after = buffer_[begin_ + period + i];
    after = static_cast<std::int16_t>(std::lrintf(before + (static_cast<float>(after) - before) * weight));
  }
  begin_ += period;
  debt_ -= static_cast<float>(period);
  return period;
}

/// The period, up to `longest`, at which what comes next is most like itself.
TimeStretch::Repetition TimeStretch::repetition(std::size_t longest) const {
  const auto source = held().first(kLookahead);
  const int shift = shift_for(source);
  if (shift == 0 && std::ranges::all_of(source, [](int sample) { return std::abs(sample) < kSilentPeak; }))
    return {longest, 1.0F};
  Window window;
  std::ranges::transform(source, window.begin(),
                         [=](int sample) { return static_cast<std::int16_t>(sample >> shift); });

  Repetition best{kShortestPeriod, -2.0F};
  const auto own = static_cast<float>(product(window.data(), window.data()));
  auto other = static_cast<float>(product(&window[kShortestPeriod], &window[kShortestPeriod]));
  for (std::size_t period = kShortestPeriod; period <= longest; ++period) {
    const auto likeness = static_cast<float>(product(window.data(), &window[period])) / std::sqrt(own * other + 1.0F);
    if (likeness > best.likeness) best = {period, likeness};
    if (period == longest) break;
    const float leaving = window[period];
    const float coming = window[period + kCompared];
    other = std::max(0.0F, other + coming * coming - leaving * leaving);
  }
  return best;
}

}  // namespace parley::audio
