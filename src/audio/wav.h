// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "audio/frame.h"
#include "base/clock.h"
#include "base/result.h"

namespace parley::audio {

/// Longer recordings are refused; as samples, this is 460 MB.
inline constexpr std::chrono::hours kLongestRecording{4};

/// Reads a WAV, FLAC or Ogg file, mono or stereo, of any rate between 4 and 192 kHz, as a leg would hear it: s16, 16
/// kHz, mono (the mean of both channels). Errors: kNotFound when it is missing; kInvalid when it is empty, has no audio
/// in it, is not audio, breaks off inside or is too long; kUnsupported for other rates and more channels; kUnavailable
/// when it may not be read.
Result<std::vector<std::int16_t>> read_recording(const std::filesystem::path& path);

/// Writes a WAV file as it happens: s16, 16 kHz, mono or stereo. The header is kept true once a second, so that what a
/// dying process has written can be played. One thread at a time; write() reaches the file system, so not the media
/// thread.
class WavWriter {
 public:
  /// Replaces the file. `channels` is 1 or 2 (throws std::invalid_argument otherwise).
  /// Errors: kNotFound when the directory is missing, kUnavailable when the file cannot be written.
  static Result<WavWriter> create(const std::filesystem::path& path, int channels);

  WavWriter(WavWriter&&) noexcept;
  WavWriter& operator=(WavWriter&&) noexcept;
  ~WavWriter();  ///< Closes; call close() to hear whether all of it was written.

  /// Adds samples to a mono file. Errors: kUnavailable when the disk is full, kInvalid when the file has reached a
  /// WAV's 4 GiB. What was written before stays playable; after an error every later call gives the same one.
  Result<void> write(std::span<const std::int16_t> mono);

  /// Adds samples to a stereo file; both sides are of the same length. Errors as above.
  Result<void> write(std::span<const std::int16_t> left, std::span<const std::int16_t> right);

  /// Completes the file. Errors as for write().
  Result<void> close();

  /// How much has been written.
  milliseconds duration() const;

 private:
  struct File;
  explicit WavWriter(std::unique_ptr<File> file);
  std::unique_ptr<File> file_;
};

/// Writes a whole mono recording, s16, 16 kHz. Errors as WavWriter's.
Result<void> write_recording(const std::filesystem::path& path, std::span<const std::int16_t> mono);

}  // namespace parley::audio
