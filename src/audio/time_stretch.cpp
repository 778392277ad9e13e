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

/// From what would have followed to what does; `out` may be either.
void cross_fade(const std::int16_t* from, const std::int16_t* to, std::size_t period, std::int16_t* out) {
  const std::size_t fade = std::min(period, kLongestFade);
  for (std::size_t i = 0; i < fade; ++i) {
    const auto weight = (static_cast<float>(i) + 0.5F) / static_cast<float>(fade);
    const auto before = static_cast<float>(from[i]);
    out[i] = static_cast<std::int16_t>(std::lrintf(before + (static_cast<float>(to[i]) - before) * weight));
  }
}

}  // namespace

void TimeStretch::set_tempo(float tempo) { target_ = std::clamp(tempo, kSlowest, kFastest); }

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
  begin_ = end_ = again_ = 0;
  return forgotten;
}

TimeStretch::Progress TimeStretch::read(std::span<std::int16_t> out, std::size_t keep) {
  Progress progress;
  while (progress.given < out.size() && waiting() > keep) {
    const auto rest = out.subspan(progress.given);
    if (until_look_ == 0) progress.taken += pay_debt(rest.size() + keep);
    const bool again = again_ > 0;
    const auto source =
        again ? std::span<const std::int16_t>(twice_).first(period_).last(again_) : held().first(waiting() - keep);
    const std::size_t count = std::min({rest.size(), source.size(), until_look_});
    std::ranges::copy(source.first(count), rest.begin());
    if (again) {
      again_ -= count;
    } else {
      begin_ += count;
      progress.taken += count;
    }
    until_look_ -= count;
    progress.given += count;
    glide(count);
  }
  return progress;
}

void TimeStretch::glide(std::size_t samples) {
  const float step = kGlidePerSample * static_cast<float>(samples);
  tempo_ = std::clamp(target_, tempo_ - step, tempo_ + step);
  const float owed = debt_ + (tempo_ - 1.0F) * static_cast<float>(samples);
  debt_ = tempo_ == 1.0F ? 0.0F : std::clamp(owed, -kLargestDebt, kLargestDebt);
}

/// Leaves a period out, or gives it twice, where that is owed and the voice repeats itself; after what is left out,
/// `needed` samples are there. Returns how many samples of the source that skips.
std::size_t TimeStretch::pay_debt(std::size_t needed) {
  until_look_ = kLookEvery;
  if (tempo_ == 1.0F || waiting() < kLookahead) return 0;
  const bool faster = tempo_ > 1.0F;
  const float debt = std::max(0.0F, faster ? debt_ : -debt_);
  const std::size_t spare = faster ? waiting() - std::min(waiting(), needed) : kLongestPeriod;
  const auto longest = std::min({kLongestPeriod, static_cast<std::size_t>(2.0F * debt), spare});
  if (longest < kShortestPeriod) return 0;
  const auto [period, likeness] = repetition(longest);
  if (likeness < kLikenessAtOnce - (1.0F + kLikenessAtOnce) * debt / kLargestDebt) return 0;
  faster ? leave_out(period) : give_twice(period);
  return faster ? period : 0;
}

/// What comes a period later comes at once.
void TimeStretch::leave_out(std::size_t period) {
  cross_fade(&buffer_[begin_], &buffer_[begin_ + period], period, &buffer_[begin_ + period]);
  begin_ += period;
  debt_ -= static_cast<float>(period);
}

/// The period comes before what is held, which then begins like what would have followed it. It is not given a third
/// time: the next look is behind it.
void TimeStretch::give_twice(std::size_t period) {
  std::ranges::copy(held().first(period), twice_.begin());
  period_ = again_ = period;
  until_look_ = 2 * period;
  cross_fade(&buffer_[begin_ + period], &buffer_[begin_], period, &buffer_[begin_]);
  debt_ += static_cast<float>(period);
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
