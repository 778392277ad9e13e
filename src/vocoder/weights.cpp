// SPDX-License-Identifier: GPL-3.0-or-later
#include "vocoder/weights.h"

#include <algorithm>
#include <cmath>

namespace parley::vocoder {
namespace {

using kernels::ConvKernels;
using Floats = std::span<const float>;

// Reads one tensor after another; the first failure stays and everything after it is empty.
class Reader {
 public:
  explicit Reader(const TensorFile& file) : file_(file) {}

  Floats floats(const std::string& name, const TensorFile::Shape& shape) { return keep(file_.floats(name, shape)); }
  std::span<const std::uint8_t> bytes(const std::string& name, const TensorFile::Shape& shape) {
    return keep(file_.bytes(name, shape));
  }
  float one_float(const std::string& name) {
    const auto value = floats(name, {1});
    return failed() ? 1.0F : value[0];
  }
  int one_int(const std::string& name, int low, int high) {
    const auto value = keep(file_.ints(name, {1}));
    if (failed()) return low;
    if (value[0] < low || value[0] > high) refuse(fmt::format("{} is {}, outside {}…{}", name, value[0], low, high));
    return std::clamp(value[0], low, high);
  }
  TensorFile::Shape shape(const std::string& name) { return keep(file_.shape(name)); }

  void refuse(std::string why) {
    if (!failed())
      error_ = Error{ErrorCode::kInvalid, "the generator's weights are of another model: " + std::move(why)};
  }
  bool failed() const { return !error_.message.empty(); }
  const Error& error() const { return error_; }

 private:
  template <typename T>
  T keep(Result<T> result) {
    if (result && !failed()) return std::move(*result);
    if (!failed()) error_ = result.error();
    return T();
  }

  const TensorFile& file_;
  Error error_{ErrorCode::kInvalid, ""};
};

constexpr std::uint64_t kMaxTaps = 64;
constexpr int kMaxDilation = 64;

void read_conv(Reader& read, const ConvKernels& kernels, std::size_t index, SnakeConv& out) {
  const std::string prefix = fmt::format("conv.{:02}.", index);
  const std::size_t channels = norm_channels(index);
  const auto shape = read.shape(prefix + "weight");
  if (read.failed()) return;
  if (shape.size() != 3 || shape[1] % 2 == 0 || shape[1] > kMaxTaps)
    return read.refuse(prefix + "weight has no odd number of taps up to 64");
  const auto dilation = static_cast<std::size_t>(read.one_int(prefix + "dilation", 1, kMaxDilation));
  const auto weight = read.bytes(prefix + "weight", {channels, shape[1], channels});
  const float scale = read.one_float(prefix + "weight_scale");
  const int zero = read.one_int(prefix + "weight_zero", 0, 255);
  const auto bias = read.floats(prefix + "bias", {channels});
  const auto alpha = read.floats(prefix + "alpha", {channels});
  if (read.failed()) return;
  out.conv = kernels.pack_conv({channels, channels, shape[1], dilation}, weight, scale, zero, bias);
  out.alpha.assign(alpha.begin(), alpha.end());
  out.inverse_alpha.resize(channels);
  if (std::ranges::count(alpha, 0.0F) > 0) return read.refuse(prefix + "alpha has a zero");
  std::ranges::transform(alpha, out.inverse_alpha.begin(), [](float a) { return 1.0F / a; });
}

// Tap t of the transposed convolution's kernel reaches from row r to row factor · r + t - factor / 2. So an output row
// has two sources: the row before with tap phase + factor, and the row itself with tap phase.
void read_upsampling(Reader& read, const ConvKernels& kernels, std::size_t index, StageWeights& out) {
  const Stage& stage = kStages[index];
  const std::size_t taps = 2 * stage.factor;
  const auto weight = read.floats(fmt::format("up.{}.weight", index), {stage.inputs, stage.channels, taps});
  const auto bias = read.floats(fmt::format("up.{}.bias", index), {stage.channels});
  if (read.failed()) return;
  const auto [low, high] = std::ranges::minmax(weight);
  const kernels::Quantisation quantisation = kernels::quantisation_for(low, high);
  const int zero = quantisation.zero + 128;  // bytes of weights are unsigned
  std::vector<std::uint8_t> bytes(weight.size());
  std::vector<float> biases(stage.factor * stage.channels);
  for (std::size_t phase = 0; phase < stage.factor; ++phase) {
    std::ranges::copy(bias, biases.begin() + static_cast<std::ptrdiff_t>(phase * stage.channels));
    for (std::size_t in = 0; in < stage.inputs; ++in) {
      for (std::size_t out_channel = 0; out_channel < stage.channels; ++out_channel) {
        const std::size_t output = phase * stage.channels + out_channel;
        const auto from = weight.subspan((in * stage.channels + out_channel) * taps, taps);
        for (const std::size_t tap : {0U, 1U}) {
          const float value = from[tap == 0 ? phase + stage.factor : phase];
          bytes[(output * 2 + tap) * stage.inputs + in] = static_cast<std::uint8_t>(
              std::clamp(static_cast<int>(std::lrint(value / quantisation.scale)) + zero, 0, 255));
        }
      }
    }
  }
  out.up = kernels.pack_conv({stage.inputs, biases.size(), 2, 1}, bytes, quantisation.scale, zero, biases);
}

void read_stage(Reader& read, const ConvKernels& kernels, std::size_t index, StageWeights& out) {
  const Stage& stage = kStages[index];
  read_upsampling(read, kernels, index, out);
  const auto weight =
      read.floats(fmt::format("noise.{}.weight", index), {stage.noise_taps, kHarmonicChannels, stage.channels});
  const auto bias = read.floats(fmt::format("noise.{}.bias", index), {stage.channels});
  if (read.failed()) return;
  out.noise = kernels.pack_matrix(stage.noise_taps * kHarmonicChannels, stage.channels, weight, bias);
  constexpr std::size_t kConvsPerStage = kBlocksPerStage * kConvsPerBlock;
  out.convs.resize(kConvsPerStage);
  for (std::size_t i = 0; i < kConvsPerStage; ++i) read_conv(read, kernels, index * kConvsPerStage + i, out.convs[i]);
}

constexpr std::uint64_t kMaxRank = 256;

StatisticsMap read_map(Reader& read) {
  const auto shape = read.shape("map.encode");
  if (read.failed()) return {};
  if (shape.size() != 2 || shape[1] > kMaxRank) {
    read.refuse("map.encode has another rank");
    return {};
  }
  const auto encode = read.floats("map.encode", {kSummarySize, shape[1]});
  const auto decode = read.floats("map.decode", {shape[1], 2 * kNormChannels});
  return read.failed() ? StatisticsMap() : StatisticsMap(encode, decode);
}

}  // namespace

Result<std::shared_ptr<const GeneratorWeights>> GeneratorWeights::load(const std::filesystem::path& path,
                                                                       kernels::Isa isa) {
  const auto file = TensorFile::open(path, kWeightsKind, kWeightsVersion);
  if (!file) return std::unexpected(file.error());
  auto weights = std::make_shared<GeneratorWeights>();
  weights->checksum = file->checksum();
  weights->kernels = &kernels::conv_kernels_for(isa);
  Reader read(*file);
  for (std::size_t i = 0; i < kStages.size(); ++i) read_stage(read, *weights->kernels, i, weights->stages[i]);
  const auto post = read.floats("post.weight", {kPostTaps, kStages[1].channels, kSpectrumChannels});
  const auto post_bias = read.floats("post.bias", {kSpectrumChannels});
  const auto slopes = read.floats("leaky.slopes", {3});
  const auto basis = read.floats("istft.basis", {kSpectrumChannels, kTransform});
  weights->map = read_map(read);
  weights->activity = Activity(read.floats("activity.weight", {kFeatureChannels}), read.one_float("activity.bias"));
  if (read.failed()) return std::unexpected(read.error());
  weights->post = weights->kernels->pack_matrix(kPostTaps * kStages[1].channels, kSpectrumChannels, post, post_bias);
  weights->inverse_transform =
      weights->kernels->pack_matrix(kSpectrumChannels, kTransform, basis, std::vector<float>(kTransform));
  std::ranges::copy(slopes, weights->slopes.begin());
  return weights;
}

}  // namespace parley::vocoder
