// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <variant>

#include "audio/frame.h"
#include "base/result.h"
#include "media/framing.h"
#include "media/leg.h"

/// The ExternalMedia protocol as docs/protocol.md writes it down: what Asterisk's chan_externalmedia says to us, and we
/// to it.
namespace parley::media::external_media {

inline constexpr int kVersion = 1;

enum class Type : std::uint8_t {
  kHangup = 0x00,
  kHello = 0x01,
  kDtmf = 0x03,
  kAudio = 0x12,
  kFlush = 0x20,
  kMark = 0x21,
  kMarkFlushed = 0x22,
};

struct Dtmf {
  char digit;
};
struct Hangup {
  std::optional<std::uint8_t> cause;  ///< Q.850.
};
struct MarkPlayed {
  std::uint32_t id;
};
struct MarkFlushed {
  std::uint32_t id;
};
struct Unknown {
  std::uint8_t type;
};

/// What a message from Asterisk means; a LegInfo is its hello.
using Incoming = std::variant<LegInfo, audio::Frame, Dtmf, Hangup, MarkPlayed, MarkFlushed, Unknown>;

/// Reads hello's JSON. A leg that the dialplan did not name is called by its channel; control characters in what a
/// caller may choose (number, name) become spaces. Errors: kInvalid; kUnsupported for another version of the protocol.
Result<LegInfo> parse_hello(std::span<const std::byte> json);

/// Gives messages of one connection their meaning and holds them to the protocol's order. One thread at a time.
class Decoder {
 public:
  /// Errors: kInvalid or kUnsupported, with the reason; the connection must then be closed.
  Result<Incoming> decode(const Message& message);

  bool greeted() const { return greeted_; }

 private:
  bool greeted_ = false;
};

Packed<audio::kFrameBytes> pack_audio(const audio::Frame& frame);
Packed<0> pack_flush();
Packed<4> pack_mark(std::uint32_t id);
Packed<1> pack_hangup(std::uint8_t cause);

}  // namespace parley::media::external_media
