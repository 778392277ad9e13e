// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/generator.h"

#include <algorithm>
#include <stdexcept>

#include "vocoder/spectrum.h"

namespace parley::vocoder {
namespace {

using kernels::ActivationRows;

constexpr std::size_t kConvsPerStage = kBlocksPerStage * kConvsPerBlock;
constexpr std::size_t kPostPadding = kPostTaps / 2;
constexpr std::size_t kHarmonicPadding = kStages[0].noise_padding;
constexpr std::size_t kRowStep = 24;  // a member's rows begin at a multiple, so that kernels find whole tiles

/// Rows of a stage for so many frames; the second stage begins with one row more, which mirrors its third.
constexpr std::size_t stage_rows(std::size_t stage, std::size_t frames) {
  return stage == 0 ? frames * kStages[0].factor : frames * kFrameHarmonics + 1;
}
constexpr std::size_t kMirroredRows[] = {0, 1};

/// Room before and behind the signal for what upsampling makes outside it: half a factor of rows.
constexpr std::size_t kSignalHead =
    std::max(kStages[0].factor * kStages[0].channels, kStages[1].factor* kStages[1].channels) / 2;

std::size_t padding_of(const kernels::ConvShape& shape) { return (shape.taps - 1) / 2 * shape.dilation; }

/// The most activation values any convolution wants for stretches of so many frames.
struct ActivationSize {
  std::size_t values = 0;
  std::size_t rows = 0;
};

ActivationSize activation_size(const GeneratorWeights& weights, std::size_t frames) {
  ActivationSize size;
  for (std::size_t stage = 0; stage < kStages.size(); ++stage) {
    for (const auto& [conv, alpha, inverse] : weights.stages[stage].convs) {
      const std::size_t rows = stage_rows(stage, frames) + 2 * padding_of(conv.shape);
      size.rows = std::max(size.rows, rows);
      size.values = std::max(size.values, rows * conv.shape.inputs);
    }
  }
  return size;
}

}  // namespace

Stretch Stretch::part(std::size_t begin, std::size_t end) const {
  const std::size_t rows = (end - begin) * kFrameHarmonics + 1;
  return {features.subspan(begin * kFeatureChannels, (end - begin) * kFeatureChannels),
          harmonics.subspan(begin * kFrameHarmonics * kHarmonicChannels, rows * kHarmonicChannels)};
}

// --- One run. Every member of the crew does all of it, on its own rows; members meet where one reads what others
// wrote.

class Generator::Run {
 public:
  Run(Generator& generator, const Stretch& stretch, const Conditioning& conditioning)
      : weights_(*generator.weights_),
        kernels_(*generator.weights_->kernels),
        memory_(generator.memory_),
        crew_(generator.crew_),
        ranges_(generator.ranges_),
        stretch_(stretch),
        conditioning_(conditioning) {}

  /// Norms are measured; the conditioning follows from that.
  Run(Generator& generator, const Stretch& stretch, const StyleAffine& style, NormStatistics& observed,
      std::stop_token stop)
      : Run(generator, stretch, generator.measured_) {
    stop_ = std::move(stop);
    measured_ = &generator.measured_;
    style_ = &style;
    observed_ = &observed;
  }

  void work(int member) {
    prepare(member);
    run_stage(0, memory_.features.data(), member);
    rectify(1, member);
    run_stage(1, memory_.leaky.data(), member);
    rectify(2, member);
    sound(member);
  }

 private:
  RowRange own(std::size_t rows, int member) const { return part_of(rows, member, crew_.size(), kRowStep); }

  /// Copies the stretch into padded rows.
  void prepare(int member) {
    const RowRange frames = own(stretch_.frames(), member);
    kernels_.leaky_relu(stretch_.features.data() + frames.begin * kFeatureChannels, weights_.slopes[0],
                        frames.size() * kFeatureChannels,
                        memory_.features.data() + (frames.begin + 1) * kFeatureChannels);
    if (member == 0) {
      clear_around(memory_.features.data(), stretch_.frames(), kFeatureChannels, 1);
      float* harmonics = memory_.harmonics.data();
      std::ranges::copy(stretch_.harmonics, harmonics + kHarmonicPadding * kHarmonicChannels);
      clear_around(harmonics, stretch_.harmonics.size() / kHarmonicChannels, kHarmonicChannels, kHarmonicPadding);
    }
    crew_.meet();
  }

  /// Zeros in the `padding` rows before and behind `rows` rows.
  static void clear_around(float* memory, std::size_t rows, std::size_t channels, std::size_t padding) {
    std::fill_n(memory, padding * channels, 0.0F);
    std::fill_n(memory + (padding + rows) * channels, padding * channels, 0.0F);
  }

  void run_stage(std::size_t index, const float* input, int member) {
    const Stage& stage = kStages[index];
    const std::size_t rows = stage_rows(index, stretch_.frames());
    upsample(index, input, member);
    const RowRange part = own(rows, member);
    const float* harmonics = memory_.harmonics.data() + (kHarmonicPadding - stage.noise_padding) * kHarmonicChannels;
    const std::size_t stride = stage.noise_stride * kHarmonicChannels;
    kernels_.multiply_packed({.matrix = &weights_.stages[index].noise,
                              .x = harmonics + part.begin * stride,
                              .x_stride = stride,
                              .rows = part.size(),
                              .out = memory_.sum.data() + part.begin * stage.channels,
                              .out_stride = stage.channels});
    crew_.meet();
    if (kMirroredRows[index] > 0) {
      if (member == 0) std::copy_n(signal() + 2 * stage.channels, stage.channels, signal());
      crew_.meet();
    }

    const std::size_t begin = part.begin * stage.channels;
    const std::size_t count = part.size() * stage.channels;
    float* signal = this->signal();
    float* block = memory_.block.data();
    float* sum = memory_.sum.data();
    run_block(index, 0, rows, sum, block, member);
    kernels_.add_scaled(signal + begin, block + begin, 1.0F, count, signal + begin);
    run_block(index, 1, rows, signal, sum, member);
    run_block(index, 2, rows, signal, block, member);
    kernels_.add_scaled(sum + begin, block + begin, 1.0F, count, sum + begin);
    run_block(index, 3, rows, signal, block, member);
    kernels_.add_scaled(sum + begin, block + begin, 1.0F / 3.0F, count, sum + begin);
  }

  /// Input row r is memory row r + 1; there are `inputs` of them between two rows of zeros. Input rows r - 1 and r make
  /// the `factor` output rows from factor · r - factor / 2 on: at both ends half of them are outside, in the head and
  /// the tail of the signal's memory.
  void upsample(std::size_t index, const float* input, int member) {
    const Stage& stage = kStages[index];
    const std::size_t inputs = index == 0 ? stretch_.frames() : stage_rows(index - 1, stretch_.frames());
    const kernels::PackedConv& up = weights_.stages[index].up;
    const RowRange rows = own(inputs, member);
    const float* x = input + (1 + rows.begin) * stage.inputs;
    const kernels::Quantisation quantisation = agree_on_range(kernels_.range(x, rows.size(), stage.inputs), member);
    kernels_.quantise(x, rows.size(), stage.inputs, quantisation, activations(1 + rows.begin, stage.inputs));
    if (member == 0) {
      kernels_.zero_rows(1, stage.inputs, quantisation, activations(0, stage.inputs));
      kernels_.zero_rows(1, stage.inputs, quantisation, activations(1 + inputs, stage.inputs));
    }
    crew_.meet();
    const RowRange part = own(inputs + 1, member);
    float* first = signal() + kMirroredRows[index] * stage.channels - stage.factor / 2 * stage.channels;
    kernels_.convolve({.conv = &up,
                       .in = activations(part.begin, stage.inputs),
                       .quantisation = quantisation,
                       .rows = part.size(),
                       .out = first + part.begin * stage.factor * stage.channels});
  }

  float* signal() const { return memory_.signal.data() + kSignalHead; }

  /// Three pairs of norm, Snake and convolution, each around a residual: out = block(in).
  void run_block(std::size_t stage, std::size_t block, std::size_t rows, const float* in, float* out, int member) {
    const float* current = in;
    for (std::size_t i = 0; i < kConvsPerBlock; i += 2) {
      convolve(stage, block * kConvsPerBlock + i, rows, current, nullptr, memory_.middle.data(), member);
      convolve(stage, block * kConvsPerBlock + i + 1, rows, memory_.middle.data(), current, out, member);
      current = out;
    }
  }

  void convolve(std::size_t stage, std::size_t index, std::size_t rows, const float* in, const float* residual,
                float* out, int member) {
    const SnakeConv& weights = weights_.stages[stage].convs[index];
    const std::size_t norm = stage * kConvsPerStage + index;
    const std::size_t channels = kStages[stage].channels;
    const std::size_t padding = padding_of(weights.conv.shape);
    const RowRange part = own(rows, member);
    const kernels::Snake snake{conditioning_.gain.data() + norm_offset(norm),
                               conditioning_.offset.data() + norm_offset(norm), weights.alpha.data(),
                               weights.inverse_alpha.data()};
    if (measured_ != nullptr) measure(norm, in, rows, member);
    if (abandoned_) return;
    const kernels::Quantisation quantisation =
        agree_on_range(kernels_.snake_range(in + part.begin * channels, part.size(), channels, snake), member);
    kernels_.snake_quantise(in + part.begin * channels, part.size(), channels, snake, quantisation,
                            activations(padding + part.begin, channels));
    if (member == 0) {
      kernels_.zero_rows(padding, channels, quantisation, activations(0, channels));
      kernels_.zero_rows(padding, channels, quantisation, activations(padding + rows, channels));
    }
    crew_.meet();
    kernels_.convolve({.conv = &weights.conv,
                       .in = activations(part.begin, channels),
                       .quantisation = quantisation,
                       .rows = part.size(),
                       .residual = residual != nullptr ? residual + part.begin * channels : nullptr,
                       .out = out + part.begin * channels});
  }

  ActivationRows activations(std::size_t row, std::size_t channels) const {
    return {memory_.activations.data() + row * channels * kernels_.activation_bytes,
            memory_.activation_sums.data() + row};
  }

  /// What covers every member's range, once all are done with the activations before: the stretch's own, as the graph
  /// has it, since a range that fits all phrases would be coarser.
  kernels::Quantisation agree_on_range(kernels::Range own_range, int member) {
    ranges_[static_cast<std::size_t>(member)] = own_range;
    crew_.meet();
    for (const auto& range : ranges_) {
      own_range.low = std::min(own_range.low, range.low);
      own_range.high = std::max(own_range.high, range.high);
    }
    return kernels::quantisation_for(own_range.low, own_range.high);
  }

  /// Makes the norm's affine of the stretch's own mean and variance.
  void measure(std::size_t norm, const float* in, std::size_t rows, int member) {
    crew_.meet();
    if (member == 0) abandoned_ = stop_.stop_requested();
    if (member == 0 && !abandoned_) {
      const std::size_t channels = norm_channels(norm);
      std::array<double, 256> sums{};
      std::array<double, 256> squares{};
      kernels_.add_moments(in, rows, channels, sums.data(), squares.data());
      const auto at = [norm](std::vector<float>& row) { return std::span(row).subspan(norm_offset(norm)); };
      const std::span<float> mean = at(observed_->mean);
      const std::span<float> variance = at(observed_->variance);
      for (std::size_t c = 0; c < channels; ++c) {
        const double m = sums[c] / static_cast<double>(rows);
        mean[c] = static_cast<float>(m);
        variance[c] = static_cast<float>(std::max(0.0, squares[c] / static_cast<double>(rows) - m * m));
      }
      measured_->set_norm(norm, mean, variance, *style_);
    }
    crew_.meet();
  }

  /// The sum of the stage before, rectified, into the padded rows that the next step reads.
  void rectify(std::size_t next, int member) {
    const std::size_t stage = next - 1;
    const std::size_t channels = kStages[stage].channels;
    const std::size_t rows = stage_rows(stage, stretch_.frames());
    const std::size_t padding = next < kStages.size() ? 1 : kPostPadding;
    const RowRange part = own(rows, member);
    kernels_.leaky_relu(memory_.sum.data() + part.begin * channels, weights_.slopes[next], part.size() * channels,
                        memory_.leaky.data() + (padding + part.begin) * channels);
    if (member == 0) clear_around(memory_.leaky.data(), rows, channels, padding);
    crew_.meet();
  }

  /// Spectrum, inverse transform, overlap and add.
  void sound(int member) {
    const std::size_t channels = kStages[1].channels;
    const std::size_t rows = stage_rows(1, stretch_.frames());
    const RowRange part = own(rows, member);
    float* spectrum = memory_.spectrum.data() + part.begin * kSpectrumChannels;
    kernels_.multiply_packed({.matrix = &weights_.post,
                              .x = memory_.leaky.data() + part.begin * channels,
                              .x_stride = channels,
                              .rows = part.size(),
                              .out = spectrum,
                              .out_stride = kSpectrumChannels});
    to_rectangular({spectrum, part.size() * kSpectrumChannels});
    kernels_.multiply_packed({.matrix = &weights_.inverse_transform,
                              .x = spectrum,
                              .x_stride = kSpectrumChannels,
                              .rows = part.size(),
                              .out = memory_.pieces.data() + part.begin * kTransform,
                              .out_stride = kTransform});
    crew_.meet();
    const std::span pieces = std::span(memory_.pieces).first(rows * kTransform);
    const RowRange hops = part_of(rows - 1, member, crew_.size(), kRowStep);
    overlap_add(pieces, hops.begin, std::span(memory_.samples).subspan(hops.begin * kHop, hops.size() * kHop));
  }

  const GeneratorWeights& weights_;
  const kernels::ConvKernels& kernels_;
  Memory& memory_;
  Crew& crew_;
  std::vector<kernels::Range>& ranges_;
  const Stretch& stretch_;
  const Conditioning& conditioning_;
  Conditioning* measured_ = nullptr;  ///< Null unless norms are measured, and so the next two.
  const StyleAffine* style_ = nullptr;
  NormStatistics* observed_ = nullptr;
  std::stop_token stop_;
  bool abandoned_ = false;  ///< Written by the first member between two meetings.
};

// --- The generator.

Generator::Generator(std::shared_ptr<const GeneratorWeights> weights, std::size_t max_frames, int threads)
    : weights_(std::move(weights)),
      max_frames_(max_frames),
      ranges_(static_cast<std::size_t>(threads)),
      crew_(threads) {
  const std::size_t rows = stage_rows(1, max_frames);
  const std::size_t values = std::max(stage_rows(0, max_frames) * kStages[0].channels, rows * kStages[1].channels);
  memory_.features.resize((max_frames + 2) * kFeatureChannels);
  memory_.harmonics.resize((rows + 2 * kHarmonicPadding) * kHarmonicChannels);
  memory_.signal.resize(kSignalHead + values + kSignalHead);
  memory_.middle.resize(values);
  memory_.block.resize(values);
  memory_.sum.resize(values);
  memory_.leaky.resize(values + 2 * kPostPadding * kStages[0].channels);
  memory_.spectrum.resize(rows * kSpectrumChannels);
  memory_.pieces.resize(rows * kTransform);
  const ActivationSize activations = activation_size(*weights_, max_frames);
  memory_.activations.resize(activations.values * weights_->kernels->activation_bytes);
  memory_.activation_sums.resize(activations.rows);
  memory_.samples.resize(max_frames * kFrameSamples);
}

std::span<const float> Generator::run(const Stretch& stretch, const Conditioning& conditioning) {
  check(stretch);
  return start(Run(*this, stretch, conditioning), stretch.frames());
}

std::span<const float> Generator::run_measuring(const Stretch& stretch, const StyleAffine& style,
                                                NormStatistics& observed, std::stop_token stop) {
  check(stretch);
  return start(Run(*this, stretch, style, observed, std::move(stop)), stretch.frames());
}

void Generator::check(const Stretch& stretch) const {
  const std::size_t frames = stretch.frames();
  if (frames == 0 || frames > max_frames_ || stretch.features.size() != frames * kFeatureChannels ||
      stretch.harmonics.size() != (frames * kFrameHarmonics + 1) * kHarmonicChannels)
    throw std::logic_error("Generator: a stretch of the wrong size");
}

std::span<const float> Generator::start(Run run, std::size_t frames) {
  crew_.run([&run](int member) { run.work(member); });
  return std::span(memory_.samples).first(frames * kFrameSamples);
}

}  // namespace parley::vocoder
