// SPDX-License-Identifier: GPL-3.0-or-later
#include "recognition/log_mel.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <complex>
#include <mutex>
#include <numbers>

#include <fftw3.h>

namespace parley::recognition {
namespace {

constexpr std::size_t kFft = 400;
constexpr std::size_t kBins = kFft / 2 + 1;
/// Samples reflected at each end, so that frame t is centred on sample t * kHop.
constexpr std::size_t kMargin = kFft / 2;
constexpr double kRate = 16000.0;
constexpr float kLeastEnergy = 1e-10F;

/// Slaney's mel scale (Auditory Toolbox, 1998; librosa's default): linear to 1 kHz, logarithmic above.
constexpr double kHzPerMel = 200.0 / 3.0;
constexpr double kLogFromHz = 1000.0;
constexpr double kLogFromMel = kLogFromHz / kHzPerMel;
const double kLogStep = std::log(6.4) / 27.0;

double mel_of(double hz) {
  return hz < kLogFromHz ? hz / kHzPerMel : kLogFromMel + std::log(hz / kLogFromHz) / kLogStep;
}
double hz_of(double mel) {
  return mel < kLogFromMel ? mel * kHzPerMel : kLogFromHz * std::exp((mel - kLogFromMel) * kLogStep);
}

/// One triangle over the FFT's bins, of unit area in Hz; only the bins under it.
struct Filter {
  std::size_t first = 0;
  std::vector<float> weights;
};

std::array<Filter, LogMel::kBands> mel_filters() {
  std::array<double, LogMel::kBands + 2> edges{};
  const double top = mel_of(kRate / 2.0);
  for (std::size_t i = 0; i < edges.size(); ++i)
    edges[i] = hz_of(top * static_cast<double>(i) / static_cast<double>(edges.size() - 1));

  std::array<Filter, LogMel::kBands> filters;
  for (std::size_t band = 0; band < filters.size(); ++band) {
    const double low = edges[band];
    const double middle = edges[band + 1];
    const double high = edges[band + 2];
    for (std::size_t bin = 0; bin < kBins; ++bin) {
      const double hz = static_cast<double>(bin) * kRate / kFft;
      const double weight = std::min((hz - low) / (middle - low), (high - hz) / (high - middle));
      if (weight <= 0.0) continue;
      if (filters[band].weights.empty()) filters[band].first = bin;
      filters[band].weights.push_back(static_cast<float>(weight * 2.0 / (high - low)));
    }
  }
  return filters;
}

std::array<float, kFft> hann_window() {
  std::array<float, kFft> window;
  for (std::size_t i = 0; i < kFft; ++i) {
    window[i] = static_cast<float>(0.5 - 0.5 * std::cos(2.0 * std::numbers::pi * static_cast<double>(i) / kFft));
  }
  return window;
}

/// Where FFTW reads and writes. A plan may be run on other memory than it was made for only when that is aligned alike.
struct alignas(64) Work {
  alignas(64) std::array<float, kFft> time;
  alignas(64) std::array<std::complex<float>, kBins> spectrum;

  fftwf_complex* out() { return reinterpret_cast<fftwf_complex*>(spectrum.data()); }
};

// FFTW's planner is the one part of it that is not thread-safe.
std::mutex planner_mutex;

fftwf_plan make_plan() {
  const std::scoped_lock lock(planner_mutex);
  Work work;
  return fftwf_plan_dft_r2c_1d(kFft, work.time.data(), work.out(), FFTW_ESTIMATE);
}

void destroy_plan(fftwf_plan plan) {
  const std::scoped_lock lock(planner_mutex);
  fftwf_destroy_plan(plan);
}

/// The samples with silence up to `length` and then both ends reflected, as numpy.pad(…, mode="reflect") does.
std::vector<float> padded(std::span<const float> samples, std::size_t length) {
  std::vector<float> out(length + 2 * kMargin, 0.0F);
  std::copy_n(samples.begin(), std::min(samples.size(), length), out.begin() + kMargin);
  for (std::size_t i = 1; i <= kMargin; ++i) {
    out[kMargin - i] = out[kMargin + i];
    out[kMargin + length - 1 + i] = out[kMargin + length - 1 - i];
  }
  return out;
}

}  // namespace

struct LogMel::Tables {
  Tables() = default;
  Tables(const Tables&) = delete;
  Tables& operator=(const Tables&) = delete;
  ~Tables() { destroy_plan(plan); }

  const std::array<Filter, kBands> filters = mel_filters();
  const std::array<float, kFft> window = hann_window();
  fftwf_plan plan = make_plan();
};

LogMel::LogMel() : tables_(std::make_unique<Tables>()) {}
LogMel::~LogMel() = default;

std::vector<float> LogMel::compute(std::span<const float> samples, std::size_t frames) const {
  std::vector<float> mel(kBands * frames, std::log10(kLeastEnergy));
  const std::vector<float> audio = padded(samples, std::max(frames * kHop, kMargin + 1));
  Work work;
  std::array<float, kBins> power;
  for (std::size_t frame = 0; frame < frames; ++frame) {
    const auto begin = audio.begin() + static_cast<std::ptrdiff_t>(frame * kHop);
    if (std::all_of(begin, begin + kFft, [](float sample) { return sample == 0.0F; }))
      continue;  // It stays at the least energy.
    std::transform(begin, begin + kFft, tables_->window.begin(), work.time.begin(), std::multiplies<>());
    fftwf_execute_dft_r2c(tables_->plan, work.time.data(), work.out());
    std::ranges::transform(work.spectrum, power.begin(), [](const std::complex<float>& bin) { return std::norm(bin); });
    for (std::size_t band = 0; band < kBands; ++band) {
      const Filter& filter = tables_->filters[band];
      float energy = 0.0F;
      for (std::size_t i = 0; i < filter.weights.size(); ++i) energy += filter.weights[i] * power[filter.first + i];
      mel[band * frames + frame] = std::log10(std::max(energy, kLeastEnergy));
    }
  }
  if (mel.empty()) return mel;
  const float floor = *std::ranges::max_element(mel) - 8.0F;
  for (float& value : mel) value = (std::max(value, floor) + 4.0F) / 4.0F;
  return mel;
}

}  // namespace parley::recognition
