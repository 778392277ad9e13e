// SPDX-License-Identifier: GPL-3.0-or-later
#include "reference_generator.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace parley::vocoder::testing {
namespace {

/// [time][channel]
struct Rows {
  std::size_t channels;
  std::vector<double> values;

  Rows(std::size_t rows, std::size_t width) : channels(width), values(rows * width) {}
  Rows(std::span<const float> from, std::size_t width) : channels(width), values(from.begin(), from.end()) {}

  std::size_t count() const { return values.size() / channels; }
  double& at(std::size_t row, std::size_t channel) { return values[row * channels + channel]; }
  double at(std::size_t row, std::size_t channel) const { return values[row * channels + channel]; }
  /// Zero outside.
  const double* row(std::ptrdiff_t row) const {
    return row < 0 || static_cast<std::size_t>(row) >= count() ? nullptr
                                                               : &values[static_cast<std::size_t>(row) * channels];
  }
};

Rows sum(Rows a, const Rows& b) {
  for (std::size_t i = 0; i < a.values.size(); ++i) a.values[i] += b.values[i];
  return a;
}

Rows leaky(Rows x, float slope) {
  for (double& value : x.values) {
    if (value < 0.0) value *= static_cast<double>(slope);
  }
  return x;
}

/// Values as whole numbers, 256 of them from the least value to the greatest, 0 included: value ≈ scale · whole.
struct Whole {
  double scale = 1.0;
  std::vector<std::int16_t> values;

  explicit Whole(const std::vector<double>& of) : values(of.size()) {
    const auto [least, most] = std::ranges::minmax(of);
    const double low = std::min(least, 0.0);
    const double high = std::max(most, 0.0);
    if (high > low) scale = (high - low) / 255.0;
    const double zero = std::nearbyint(-low / scale) - 128.0;
    std::ranges::transform(of, values.begin(), [&](double value) {
      return static_cast<std::int16_t>(std::clamp(std::nearbyint(value / scale) + zero, -128.0, 127.0) - zero);
    });
  }
};

/// ConvTranspose1d of whole numbers; weight [in][out][tap].
Rows transposed_convolution(const Rows& x, std::span<const float> weight, std::span<const float> bias,
                            std::size_t factor) {
  const std::size_t channels = bias.size();
  const std::size_t taps = 2 * factor;
  const Whole in(x.values);
  const Whole by({weight.begin(), weight.end()});
  const double unit = in.scale * by.scale;
  Rows out(x.count() * factor, channels);
  for (std::size_t r = 0; r < out.count(); ++r) std::ranges::copy(bias, &out.at(r, 0));
  for (std::size_t r = 0; r < x.count(); ++r) {
    for (std::size_t tap = 0; tap < taps; ++tap) {
      const std::size_t at = r * factor + tap;
      if (at < factor / 2 || at - factor / 2 >= out.count()) continue;
      double* to = &out.at(at - factor / 2, 0);
      for (std::size_t i = 0; i < x.channels; ++i) {
        const double value = unit * in.values[r * x.channels + i];
        for (std::size_t o = 0; o < channels; ++o) to[o] += value * by.values[(i * channels + o) * taps + tap];
      }
    }
  }
  return out;
}

/// Conv1d; weight [tap][in][out].
Rows convolution(const Rows& x, std::span<const float> weight, std::span<const float> bias, std::size_t taps,
                 std::size_t stride, std::size_t padding) {
  const std::size_t channels = bias.size();
  Rows out((x.count() + 2 * padding - taps) / stride + 1, channels);
  for (std::size_t r = 0; r < out.count(); ++r) {
    double* to = &out.at(r, 0);
    std::ranges::copy(bias, to);
    for (std::size_t tap = 0; tap < taps; ++tap) {
      const double* from = x.row(static_cast<std::ptrdiff_t>(r * stride + tap) - static_cast<std::ptrdiff_t>(padding));
      if (from == nullptr) continue;
      for (std::size_t i = 0; i < x.channels; ++i) {
        for (std::size_t o = 0; o < channels; ++o)
          to[o] += from[i] * static_cast<double>(weight[(tap * x.channels + i) * channels + o]);
      }
    }
  }
  return out;
}

class Reference {
 public:
  Reference(const RandomGenerator& generator, const StyleAffine& style, const NormStatistics* statistics)
      : generator_(generator), style_(style), statistics_(statistics) {}

  ReferenceSound run(const Stretch& stretch) {
    const auto& slopes = generator_.floats("leaky.slopes");
    const Rows harmonics(stretch.harmonics, kHarmonicChannels);
    const Rows features(stretch.features, kFeatureChannels);
    const Rows first = stage(0, leaky(features, slopes[0]), harmonics);
    const Rows second = stage(1, leaky(first, slopes[1]), harmonics);
    sound_.samples = inverse_transform(convolution(leaky(second, slopes[2]), generator_.floats("post.weight"),
                                                   generator_.floats("post.bias"), kPostTaps, 1, kPostTaps / 2));
    return std::move(sound_);
  }

 private:
  Rows stage(std::size_t index, const Rows& x, const Rows& harmonics) {
    const Stage& stage = kStages[index];
    Rows up = transposed_convolution(x, generator_.floats(fmt::format("up.{}.weight", index)),
                                     generator_.floats(fmt::format("up.{}.bias", index)), stage.factor);
    // ReflectionPad1d((1, 0)): what comes first mirrors the second row.
    if (index == 1) {
      const std::vector<double> mirrored(up.row(1), up.row(2));
      up.values.insert(up.values.begin(), mirrored.begin(), mirrored.end());
    }
    const Rows noise = convolution(harmonics, generator_.floats(fmt::format("noise.{}.weight", index)),
                                   generator_.floats(fmt::format("noise.{}.bias", index)), stage.noise_taps,
                                   stage.noise_stride, stage.noise_padding);
    const std::size_t first = index * kBlocksPerStage;
    const Rows signal = sum(std::move(up), block(first, noise));
    Rows blocks = sum(sum(block(first + 1, signal), block(first + 2, signal)), block(first + 3, signal));
    for (double& value : blocks.values) value /= 3.0;
    return blocks;
  }

  Rows block(std::size_t index, Rows x) {
    for (std::size_t pair = 0; pair < 3; ++pair) {
      const std::size_t n = index * kConvsPerBlock + 2 * pair;
      x = sum(quantised(n + 1, snake(n + 1, quantised(n, snake(n, x)))), x);
    }
    return x;
  }

  /// AdaIN (Huang and Belongie 2017), then x + sin²(αx) / α.
  Rows snake(std::size_t n, Rows x) {
    const auto& alpha = generator_.floats(conv_prefix(n) + "alpha");
    const auto rows = static_cast<double>(x.count());
    for (std::size_t c = 0; c < x.channels; ++c) {
      double mean = 0.0;
      double variance = 0.0;
      for (std::size_t r = 0; r < x.count(); ++r) mean += x.at(r, c) / rows;
      for (std::size_t r = 0; r < x.count(); ++r) variance += (x.at(r, c) - mean) * (x.at(r, c) - mean) / rows;
      const std::size_t at = norm_offset(n) + c;
      sound_.mean[at] = mean;
      sound_.variance[at] = variance;
      if (statistics_ != nullptr) {
        mean = static_cast<double>(statistics_->mean[at]);
        variance = static_cast<double>(statistics_->variance[at]);
      }
      for (std::size_t r = 0; r < x.count(); ++r) {
        double& value = x.at(r, c);
        value = static_cast<double>(style_.gamma[at]) * (value - mean) / std::sqrt(variance + 1e-5) +
                static_cast<double>(style_.beta[at]);
        const double sine = std::sin(static_cast<double>(alpha[c]) * value);
        value += sine * sine / static_cast<double>(alpha[c]);
      }
    }
    return x;
  }

  /// Padded with real zeros.
  Rows quantised(std::size_t n, const Rows& x) const {
    const std::string prefix = conv_prefix(n);
    const auto& bytes = generator_.bytes(prefix + "weight");
    const auto& bias = generator_.floats(prefix + "bias");
    const int zero = generator_.integer(prefix + "weight_zero");
    const auto dilation = static_cast<std::ptrdiff_t>(generator_.integer(prefix + "dilation"));
    const std::size_t taps = bytes.size() / (x.channels * x.channels);
    const auto padding = static_cast<std::ptrdiff_t>(taps / 2) * dilation;
    const Whole in(x.values);
    const double unit = in.scale * static_cast<double>(generator_.floats(prefix + "weight_scale")[0]);
    Rows out(x.count(), x.channels);
    for (std::size_t r = 0; r < out.count(); ++r) std::ranges::copy(bias, &out.at(r, 0));
    if (unit == 0.0) return out;
    std::vector<std::int16_t> weight(bytes.size());
    std::ranges::transform(bytes, weight.begin(), [zero](int byte) { return static_cast<std::int16_t>(byte - zero); });
    for (std::size_t r = 0; r < x.count(); ++r) {
      for (std::size_t o = 0; o < x.channels; ++o) {
        std::int32_t total = 0;
        for (std::size_t tap = 0; tap < taps; ++tap) {
          const auto from = static_cast<std::ptrdiff_t>(r) + static_cast<std::ptrdiff_t>(tap) * dilation - padding;
          if (x.row(from) == nullptr) continue;
          const std::int16_t* a = &in.values[static_cast<std::size_t>(from) * x.channels];
          const std::int16_t* w = &weight[(o * taps + tap) * x.channels];
          for (std::size_t i = 0; i < x.channels; ++i) total += std::int32_t{a[i]} * std::int32_t{w[i]};
        }
        out.at(r, o) += unit * total;
      }
    }
    return out;
  }

  /// Pieces of 20 samples, one every 5, four times as loud since four of them overlap; without the half piece at both
  /// ends.
  std::vector<double> inverse_transform(const Rows& spectrum) const {
    const auto& basis = generator_.floats("istft.basis");
    std::vector<double> signal((spectrum.count() - 1) * kHop + kTransform);
    for (std::size_t r = 0; r < spectrum.count(); ++r) {
      for (std::size_t bin = 0; bin < kBins; ++bin) {
        const double magnitude = std::exp(spectrum.at(r, bin));
        const double phase = std::sin(spectrum.at(r, kBins + bin));
        for (std::size_t i = 0; i < kTransform; ++i) {
          signal[r * kHop + i] += 4.0 * magnitude *
                                  (std::cos(phase) * static_cast<double>(basis[bin * kTransform + i]) +
                                   std::sin(phase) * static_cast<double>(basis[(kBins + bin) * kTransform + i]));
        }
      }
    }
    return {signal.begin() + kTransform / 2, signal.end() - kTransform / 2};
  }

  const RandomGenerator& generator_;
  const StyleAffine style_;
  const NormStatistics* statistics_;
  ReferenceSound sound_{{}, std::vector<double>(kNormChannels), std::vector<double>(kNormChannels)};
};

}  // namespace

ReferenceSound reference_sound(const RandomGenerator& generator, const Stretch& stretch, const StyleAffine& style,
                               const NormStatistics* statistics) {
  return Reference(generator, style, statistics).run(stretch);
}

}  // namespace parley::vocoder::testing
