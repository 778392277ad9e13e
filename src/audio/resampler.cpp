// SPDX-License-Identifier: GPL-3.0-or-later
#include "audio/resampler.h"

#include <cmath>
#include <stdexcept>

#include <fmt/format.h>
#include <soxr.h>

namespace parley::audio {
namespace {

template <typename T>
constexpr soxr_datatype_t kSoxrType = std::same_as<T, float> ? SOXR_FLOAT32_I : SOXR_INT16_I;

constexpr std::size_t kSpare = 256;

}  // namespace

template <Sample In, Sample Out>
struct Resampler<In, Out>::Soxr {
  soxr_t handle = nullptr;
  ~Soxr() { soxr_delete(handle); }
};

template <Sample In, Sample Out>
Resampler<In, Out>::Resampler(int in_rate, int out_rate)
    : soxr_(std::make_unique<Soxr>()), ratio_(double(out_rate) / in_rate) {
  if (in_rate < 1 || out_rate < 1)
    throw std::invalid_argument(fmt::format("cannot convert from {} Hz to {} Hz", in_rate, out_rate));
  soxr_error_t error = nullptr;
  soxr_io_spec_t io = soxr_io_spec(kSoxrType<In>, kSoxrType<Out>);
  io.flags |= SOXR_NO_DITHER;
  const soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
  soxr_runtime_spec_t runtime = soxr_runtime_spec(1);
  runtime.log2_min_dft_size = runtime.log2_large_dft_size = 8;  // The shortest blocks soxr knows: least delay.
  soxr_->handle = soxr_create(in_rate, out_rate, 1, &error, &io, &quality, &runtime);
  if (error != nullptr)
    throw std::invalid_argument(fmt::format("cannot convert from {} Hz to {} Hz: {}", in_rate, out_rate, error));
}

template <Sample In, Sample Out>
Resampler<In, Out>::Resampler(Resampler&&) noexcept = default;
template <Sample In, Sample Out>
Resampler<In, Out>& Resampler<In, Out>::operator=(Resampler&&) noexcept = default;
template <Sample In, Sample Out>
Resampler<In, Out>::~Resampler() = default;

template <Sample In, Sample Out>
std::span<const Out> Resampler<In, Out>::process(std::span<const In> in) {
  ready_ = 0;
  if (!in.empty()) append(in.data(), in.size());
  return std::span(out_).first(ready_);
}

template <Sample In, Sample Out>
std::span<const Out> Resampler<In, Out>::flush() {
  ready_ = 0;
  append(nullptr, 0);
  if (const soxr_error_t error = soxr_clear(soxr_->handle))
    throw std::runtime_error(fmt::format("soxr_clear: {}", error));
  return std::span(out_).first(ready_);
}

/// To soxr, null input means the end: it then gives until nothing is left.
template <Sample In, Sample Out>
void Resampler<In, Out>::append(const In* in, std::size_t count) {
  const std::size_t likely = static_cast<std::size_t>(std::ceil(static_cast<double>(count) * ratio_)) + kSpare;
  while (true) {
    if (out_.size() < ready_ + likely) out_.resize(ready_ + likely);
    std::size_t taken = 0;
    std::size_t given = 0;
    const soxr_error_t error =
        soxr_process(soxr_->handle, in, count, &taken, out_.data() + ready_, out_.size() - ready_, &given);
    if (error != nullptr) throw std::runtime_error(fmt::format("soxr_process: {}", error));
    ready_ += given;
    if (in != nullptr) in += taken;
    count -= taken;
    const bool was_filled = ready_ == out_.size();
    if (!was_filled && count == 0) return;
    if (taken == 0 && given == 0) return;
  }
}

template <Sample In, Sample Out>
std::vector<Out> resample(std::span<const In> in, int in_rate, int out_rate) {
  Resampler<In, Out> resampler(in_rate, out_rate);
  const std::span<const Out> head = resampler.process(in);
  std::vector<Out> out(head.begin(), head.end());
  const std::span<const Out> tail = resampler.flush();
  out.insert(out.end(), tail.begin(), tail.end());
  return out;
}

template class Resampler<std::int16_t, std::int16_t>;
template class Resampler<std::int16_t, float>;
template class Resampler<float, std::int16_t>;
template class Resampler<float, float>;
template std::vector<std::int16_t> resample(std::span<const std::int16_t>, int, int);
template std::vector<float> resample(std::span<const std::int16_t>, int, int);
template std::vector<std::int16_t> resample(std::span<const float>, int, int);
template std::vector<float> resample(std::span<const float>, int, int);

}  // namespace parley::audio
