// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <variant>

#include "audio/frame.h"
#include "base/result.h"
#include "media/framing.h"
#include "media/leg.h"

/// Asterisk's own AudioSocket protocol, and how parley's dialplan says in its UUID what a call is (docs/protocol.md).
namespace parley::media::audiosocket {

enum class Type : std::uint8_t {
  kHangup = 0x00,
  kUuid = 0x01,
  kDtmf = 0x03,
  kAudio8 = 0x10,   ///< s16le, 8 kHz.
  kAudio16 = 0x12,  ///< s16le, 16 kHz.
  kError = 0xff,
};

/// 20 ms at 8 kHz.
inline constexpr std::size_t kNarrowSamples = audio::kFrameSamples / 2;
using NarrowFrame = std::array<std::int16_t, kNarrowSamples>;

/// Samples as they came. A phone with frames of 30 or 40 ms makes messages of that length, so any whole number of
/// samples may come.
struct Audio {
  bool wide;                         ///< 16 kHz; else 8 kHz.
  std::span<const std::byte> bytes;  ///< s16le, in the reader's buffer.
};
struct Dtmf {
  char digit;
};
struct Hangup {};
struct PeerError {
  std::uint8_t code;
};
struct Unknown {
  std::uint8_t type;
};

/// What a message from Asterisk means; a LegInfo is its UUID.
using Incoming = std::variant<LegInfo, Audio, Dtmf, Hangup, PeerError, Unknown>;

/// Errors: kInvalid when the UUID was not made by parley's dialplan.
Result<LegInfo> parse_uuid(std::span<const std::byte> uuid);

/// Gives messages of one connection their meaning. One thread at a time.
class Decoder {
 public:
  /// Errors: kInvalid, or kUnsupported for audio at another rate; the connection must then be closed.
  Result<Incoming> decode(const Message& message);

 private:
  bool greeted_ = false;
};

Packed<audio::kFrameBytes> pack_audio(const audio::Frame& frame);
Packed<sizeof(NarrowFrame)> pack_audio(const NarrowFrame& frame);
Packed<0> pack_hangup();

}  // namespace parley::media::audiosocket
