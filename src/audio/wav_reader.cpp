// SPDX-License-Identifier: GPL-3.0-or-later
#include <array>
#include <cerrno>
#include <memory>
#include <system_error>

#include <sndfile.h>
#include <unistd.h>

#include "audio/resampler.h"
#include "audio/wav.h"

namespace parley::audio {
namespace {

constexpr int kLowestRate = 4000;
constexpr int kHighestRate = 192000;
constexpr std::size_t kBlock = 16384;

struct CloseSndfile {
  void operator()(SNDFILE* file) const { sf_close(file); }
};
using SndfilePtr = std::unique_ptr<SNDFILE, CloseSndfile>;

Result<void> check_file(const std::filesystem::path& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (status.type() == std::filesystem::file_type::not_found) {
    return fail(ErrorCode::kNotFound, "there is no recording {}: check the path", path.string());
  }
  if (!std::filesystem::is_regular_file(status))
    return fail(ErrorCode::kInvalid, "{} is not a file: give a WAV, FLAC or Ogg recording", path.string());
  if (std::filesystem::file_size(path, error) == 0)
    return fail(ErrorCode::kInvalid, "{} is empty: give a recording with audio in it", path.string());
  if (access(path.c_str(), R_OK) != 0)
    return fail(ErrorCode::kUnavailable, "{} cannot be read: {}", path.string(),
                std::generic_category().message(errno));
  return {};
}

Result<void> check_format(const std::filesystem::path& path, const SF_INFO& info) {
  if (info.channels > 2) {
    return fail(ErrorCode::kUnsupported, "{} has {} channels: give a mono or stereo recording", path.string(),
                info.channels);
  }
  if (info.samplerate < kLowestRate || info.samplerate > kHighestRate) {
    return fail(ErrorCode::kUnsupported, "{} has {} samples a second: give a recording of {} to {} Hz", path.string(),
                info.samplerate, kLowestRate, kHighestRate);
  }
  if (info.frames <= 0) return fail(ErrorCode::kInvalid, "{} has no audio in it: it is a header only", path.string());
  if (info.frames / info.samplerate >= std::chrono::seconds(kLongestRecording).count()) {
    return fail(ErrorCode::kInvalid, "{} is longer than {} hours: cut it into pieces", path.string(),
                kLongestRecording.count());
  }
  return {};
}

/// Reads up to the block's size of frames and leaves their mono mix in `mono`.
void read_mono(SNDFILE* file, int channels, std::vector<float>& interleaved, std::vector<float>& mono) {
  interleaved.resize(kBlock * static_cast<std::size_t>(channels));
  const auto frames = static_cast<std::size_t>(sf_readf_float(file, interleaved.data(), kBlock));
  mono.resize(frames);
  for (std::size_t i = 0; i < frames; ++i) {
    mono[i] = channels == 1 ? interleaved[i] : 0.5F * (interleaved[2 * i] + interleaved[2 * i + 1]);
  }
}

}  // namespace

Result<std::vector<std::int16_t>> read_recording(const std::filesystem::path& path) {
  if (Result<void> checked = check_file(path); !checked) return std::unexpected(checked.error());
  SF_INFO info{};
  const SndfilePtr file(sf_open(path.c_str(), SFM_READ, &info));
  if (file == nullptr) {
    return fail(ErrorCode::kInvalid, "{} is not a recording that can be read ({}): give WAV, FLAC or Ogg",
                path.string(), sf_strerror(nullptr));
  }
  if (Result<void> checked = check_format(path, info); !checked) return std::unexpected(checked.error());

  Resampler<float, std::int16_t> resampler(info.samplerate, kSampleRate);
  std::vector<float> interleaved;
  std::vector<float> mono;
  std::vector<std::int16_t> out;
  out.reserve(static_cast<std::size_t>(info.frames * kSampleRate / info.samplerate) + 1);
  const auto append = [&out](std::span<const std::int16_t> samples) {
    out.insert(out.end(), samples.begin(), samples.end());
  };
  sf_count_t read = 0;
  do {
    read_mono(file.get(), info.channels, interleaved, mono);
    read += static_cast<sf_count_t>(mono.size());
    append(resampler.process(mono));
  } while (mono.size() == kBlock);
  append(resampler.flush());
  if (read < info.frames) {
    return fail(ErrorCode::kInvalid, "{} breaks off after {:.1f} s of {:.1f}: it is damaged, get it again",
                path.string(), static_cast<double>(read) / info.samplerate,
                static_cast<double>(info.frames) / info.samplerate);
  }
  return out;
}

}  // namespace parley::audio
