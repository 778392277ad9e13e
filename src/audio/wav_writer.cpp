// SPDX-License-Identifier: GPL-3.0-or-later
#include <cassert>
#include <limits>
#include <optional>
#include <stdexcept>

#include <sndfile.h>

#include "audio/wav.h"

namespace parley::audio {
namespace {

constexpr std::int64_t kHeaderEvery = kSampleRate;  ///< Samples per channel between two updates of the header.
constexpr std::int64_t kMostBytes = std::numeric_limits<std::uint32_t>::max() - 4096;

}  // namespace

struct WavWriter::File {
  std::filesystem::path path;
  int channels = 1;
  SNDFILE* handle = nullptr;
  std::int64_t samples = 0;      ///< Per channel.
  std::int64_t header_says = 0;  ///< Samples per channel at the header's last update.
  std::optional<Error> error;    ///< The first one; nothing is written after it.
  std::vector<std::int16_t> interleaved;

  ~File() { close(); }
  Result<void> write(std::span<const std::int16_t> values);
  Result<void> close();
};

Result<WavWriter> WavWriter::create(const std::filesystem::path& path, int channels) {
  if (channels != 1 && channels != 2) throw std::invalid_argument("a recording has one or two channels");
  const std::filesystem::path directory = path.has_parent_path() ? path.parent_path() : std::filesystem::path(".");
  std::error_code ignored;
  if (!std::filesystem::is_directory(directory, ignored)) {
    return fail(ErrorCode::kNotFound, "directory {} is missing: make it, or write {} elsewhere", directory.string(),
                path.filename().string());
  }
  SF_INFO info{};
  info.samplerate = kSampleRate;
  info.channels = channels;
  info.format = SF_FORMAT_WAV | SF_FORMAT_PCM_16;
  SNDFILE* handle = sf_open(path.c_str(), SFM_WRITE, &info);
  if (handle == nullptr)
    return fail(ErrorCode::kUnavailable, "{} cannot be written: {}", path.string(), sf_strerror(nullptr));
  auto file = std::make_unique<File>();
  file->path = path;
  file->channels = channels;
  file->handle = handle;
  return WavWriter(std::move(file));
}

WavWriter::WavWriter(std::unique_ptr<File> file) : file_(std::move(file)) {}
WavWriter::WavWriter(WavWriter&&) noexcept = default;
WavWriter& WavWriter::operator=(WavWriter&&) noexcept = default;
WavWriter::~WavWriter() = default;

Result<void> WavWriter::File::write(std::span<const std::int16_t> values) {
  if (error) return std::unexpected(*error);
  if (handle == nullptr) return fail(ErrorCode::kInvalid, "{} is closed", path.string());
  const auto count = static_cast<sf_count_t>(values.size());
  if ((samples * channels + count) * 2 > kMostBytes) {
    error = Error{ErrorCode::kInvalid,
                  fmt::format("{} has reached the 4 GiB a WAV file can hold: begin another", path.string())};
    return std::unexpected(*error);
  }
  const sf_count_t written = sf_write_short(handle, values.data(), count);
  samples += written / channels;
  if (written != count) {
    error = Error{ErrorCode::kUnavailable, fmt::format("{} cannot be written further ({}): make room on the disk",
                                                       path.string(), sf_strerror(handle))};
    return std::unexpected(*error);
  }
  if (samples - header_says >= kHeaderEvery) {
    sf_command(handle, SFC_UPDATE_HEADER_NOW, nullptr, 0);
    header_says = samples;
  }
  return {};
}

Result<void> WavWriter::File::close() {
  if (handle != nullptr) {
    const int failed = sf_close(handle);
    handle = nullptr;
    if (failed != 0 && !error) {
      error = Error{ErrorCode::kUnavailable,
                    fmt::format("{} could not be completed: {}", path.string(), sf_error_number(failed))};
    }
  }
  if (error) return std::unexpected(*error);
  return {};
}

Result<void> WavWriter::write(std::span<const std::int16_t> mono) {
  assert(file_->channels == 1);
  return file_->write(mono);
}

Result<void> WavWriter::write(std::span<const std::int16_t> left, std::span<const std::int16_t> right) {
  assert(file_->channels == 2 && left.size() == right.size());
  std::vector<std::int16_t>& both = file_->interleaved;
  both.resize(2 * left.size());
  for (std::size_t i = 0; i < left.size(); ++i) {
    both[2 * i] = left[i];
    both[2 * i + 1] = right[i];
  }
  return file_->write(both);
}

Result<void> WavWriter::close() { return file_->close(); }

milliseconds WavWriter::duration() const { return milliseconds(file_->samples * 1000 / kSampleRate); }

Result<void> write_recording(const std::filesystem::path& path, std::span<const std::int16_t> mono) {
  Result<WavWriter> writer = WavWriter::create(path, 1);
  if (!writer) return std::unexpected(writer.error());
  if (Result<void> written = writer->write(mono); !written) return written;
  return writer->close();
}

}  // namespace parley::audio
