// SPDX-License-Identifier: GPL-3.0-or-later
// The waveform generator's kernels on every instruction set of this machine, one thread, at the sizes of a window of
// half a second. By processor time, which other programs disturb less than the clock on the wall.
//   bench_conv [RESULT.json]
#include <time.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <functional>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/aligned.h"
#include "kernels/conv.h"
#include "kernels/cpu_features.h"

namespace {

using namespace parley;
using namespace parley::kernels;

constexpr std::size_t kMostChannels = 512;
constexpr int kRuns = 15;
constexpr double kRunSeconds = 0.01;  // at least, for each run

struct Measurement {
  std::string name;
  std::string unit;
  double work;  ///< Of one call, in billions of the unit.
  std::function<void()> call;
};

double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Billions of the unit per second: the median over the runs.
double measure(const Measurement& m) {
  m.call();
  double start = thread_seconds();
  m.call();
  const int calls = 1 + static_cast<int>(kRunSeconds / std::max(1e-6, thread_seconds() - start));
  std::vector<double> rates;
  for (int run = 0; run < kRuns; ++run) {
    start = thread_seconds();
    for (int i = 0; i < calls; ++i) m.call();
    rates.push_back(m.work * calls / (thread_seconds() - start));
  }
  std::ranges::sort(rates);
  return rates[rates.size() / 2];
}

/// Buffers that all measurements of one instruction set share.
class Bench {
 public:
  explicit Bench(const ConvKernels& kernels)
      : kernels_(kernels),
        x_(kMostRows * kMostRowChannels),
        out_(kMostRows * kMostRowChannels),
        values_(kMostRows * kMostRowChannels * kernels.activation_bytes),
        sums_(kMostRows),
        parameters_(kMostChannels, 1.0F),
        moments_(2 * kMostChannels) {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    std::ranges::generate(x_, [&] { return normal(random); });
  }

  std::vector<Measurement> measurements() {
    std::vector<Measurement> all;
    for (const std::size_t channels : {256, 128}) {
      for (const std::size_t taps : {3, 7, 11}) all.push_back(convolve(channels, taps));
    }
    all.push_back(multiply("first upsampling", 40, 1024, 256, 512, 2560));
    all.push_back(multiply("second upsampling", 400, 512, 128, 256, 768));
    all.push_back(multiply("first source", 400, 12 * 22, 256, 6 * 22, 256));
    all.push_back(multiply("second source", 2400, 22, 128, 22, 128));
    all.push_back(multiply("last convolution", 2400, 7 * 128, 22, 128, 22));
    for (const std::size_t channels : {256, 128}) {
      all.push_back(pass("snake_quantise", channels, [this, channels](std::size_t rows) {
        kernels_.snake_quantise(x_.data(), rows, channels, snake(), kQuantisation, activations());
      }));
    }
    all.push_back(pass("snake_range", 128, [this](std::size_t rows) {
      const Range range = kernels_.snake_range(x_.data(), rows, 128, snake());
      out_[0] = range.high;
    }));
    all.push_back(pass("quantise", 128, [this](std::size_t rows) {
      kernels_.quantise(x_.data(), rows, 128, kQuantisation, activations());
    }));
    all.push_back(pass("add_moments", 128, [this](std::size_t rows) {
      kernels_.add_moments(x_.data(), rows, 128, moments_.data(), moments_.data() + kMostChannels);
    }));
    all.push_back(pass("add_scaled", 128, [this](std::size_t rows) {
      kernels_.add_scaled(x_.data(), out_.data(), 0.5F, rows * 128, out_.data());
    }));
    all.push_back(pass("leaky_relu", 128,
                       [this](std::size_t rows) { kernels_.leaky_relu(x_.data(), 0.1F, rows * 128, out_.data()); }));
    return all;
  }

 private:
  static constexpr Quantisation kQuantisation{0.05F, -20};
  static constexpr std::size_t kMostRows = 2500;
  static constexpr std::size_t kMostRowChannels = 128;

  ActivationRows activations() { return {values_.data(), sums_.data()}; }

  Snake snake() const { return {parameters_.data(), parameters_.data(), parameters_.data(), parameters_.data()}; }

  /// 800 frames a second at 256 channels, 4800 at 128.
  static std::size_t rows_of(std::size_t channels) { return channels == 256 ? 400 : 2400; }

  Measurement convolve(std::size_t channels, std::size_t taps) {
    const ConvShape shape{channels, channels, taps, 3};
    std::vector<std::uint8_t> weights(channels * channels * taps);
    std::mt19937 random(2);
    std::ranges::generate(weights, [&] { return static_cast<std::uint8_t>(random()); });
    convs_.push_back(kernels_.pack_conv(shape, weights, 1e-4F, 60, std::vector<float>(channels, 0.1F)));
    const std::size_t index = convs_.size() - 1;
    const std::size_t rows = rows_of(channels);
    kernels_.quantise(x_.data(), kMostRows, kMostRowChannels, kQuantisation, activations());
    return {fmt::format("convolve {} channels, {} taps", channels, taps), "GMAC/s",
            1e-9 * static_cast<double>(rows * channels * channels * taps), [this, index, rows] {
              kernels_.convolve({.conv = &convs_[index],
                                 .in = activations(),
                                 .quantisation = kQuantisation,
                                 .rows = rows,
                                 .residual = x_.data(),
                                 .out = out_.data()});
            }};
  }

  Measurement multiply(const char* what, std::size_t rows, std::size_t inputs, std::size_t outputs,
                       std::size_t x_stride, std::size_t out_stride) {
    matrices_.push_back(kernels_.pack_matrix(inputs, outputs, std::vector<float>(inputs * outputs, 0.01F),
                                             std::vector<float>(outputs, 0.1F)));
    const std::size_t index = matrices_.size() - 1;
    const std::size_t most = (x_.size() - inputs) / x_stride;
    rows = std::min({rows, most, out_.size() / out_stride});
    return {fmt::format("multiply_packed {} × {}, {}", inputs, outputs, what), "GMAC/s",
            1e-9 * static_cast<double>(rows * inputs * outputs), [this, index, rows, x_stride, out_stride] {
              kernels_.multiply_packed({&matrices_[index], x_.data(), x_stride, rows, out_.data(), out_stride});
            }};
  }

  Measurement pass(const char* name, std::size_t channels, const std::function<void(std::size_t)>& call) {
    const std::size_t rows = rows_of(channels);
    return {fmt::format("{} {} channels", name, channels), "Gelements/s", 1e-9 * static_cast<double>(rows * channels),
            [call, rows] { call(rows); }};
  }

  const ConvKernels& kernels_;
  AlignedVector<float> x_;
  AlignedVector<float> out_;
  AlignedVector<std::uint8_t> values_;
  std::vector<std::int32_t> sums_;
  AlignedVector<float> parameters_;
  AlignedVector<double> moments_;
  std::vector<PackedConv> convs_;
  std::vector<PackedMatrix> matrices_;
};

}  // namespace

int main(int argc, char** argv) {
  const std::filesystem::path out = argc > 1 ? argv[1] : "build/bench/conv.json";
  std::vector<std::string> names;
  std::vector<std::unique_ptr<Bench>> benches;
  std::vector<std::vector<Measurement>> measurements;
  for (const Isa isa : kAllIsas) {
    if (!cpu_supports(isa)) continue;
    names.emplace_back(to_string(isa));
    benches.push_back(std::make_unique<Bench>(conv_kernels_for(isa)));
    measurements.push_back(benches.back()->measurements());
  }

  fmt::print("{:<48}", "one thread");
  for (const std::string& name : names) fmt::print(" {:>9}", name);
  fmt::print("\n");
  nlohmann::json results = nlohmann::json::array();
  for (std::size_t i = 0; i < measurements.front().size(); ++i) {
    const Measurement& first = measurements.front()[i];
    nlohmann::json rates;
    fmt::print("{:<48}", first.name);
    for (std::size_t set = 0; set < names.size(); ++set) {
      rates[names[set]] = measure(measurements[set][i]);
      fmt::print(" {:>9.1f}", rates[names[set]].get<double>());
    }
    fmt::print(" {}\n", first.unit);
    std::fflush(stdout);
    results.push_back({{"name", first.name}, {"unit", first.unit}, {"rates", rates}});
  }
  std::filesystem::create_directories(out.has_parent_path() ? out.parent_path() : ".");
  std::ofstream(out) << nlohmann::json{{"kernels", results}}.dump(2) << '\n';
}
