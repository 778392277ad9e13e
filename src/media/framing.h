// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/result.h"

namespace parley::media {

/// The framing that ExternalMedia (docs/protocol.md) and AudioSocket share: u8 type, u16 big-endian length, payload.
inline constexpr std::size_t kHeaderBytes = 3;

/// A longer message means that the two ends have lost step.
inline constexpr std::size_t kLongestPayload = 4096;

/// Whether this is a key of a telephone.
constexpr bool is_dtmf(char digit) {
  return std::string_view("0123456789*#ABCD").find(digit) != std::string_view::npos;
}

/// One message; the payload lies in the reader's buffer.
struct Message {
  std::uint8_t type = 0;
  std::span<const std::byte> payload;
};

/// A message with a payload whose size is known, ready to be sent.
template <std::size_t PayloadBytes>
using Packed = std::array<std::byte, kHeaderBytes + PayloadBytes>;

template <std::size_t PayloadBytes>
constexpr Packed<PayloadBytes> pack_header(std::uint8_t type) {
  static_assert(PayloadBytes <= kLongestPayload);
  Packed<PayloadBytes> message{};
  message[0] = std::byte{type};
  message[1] = static_cast<std::byte>(PayloadBytes >> 8);
  message[2] = static_cast<std::byte>(PayloadBytes & 0xff);
  return message;
}

/// Cuts a byte stream into messages, however the bytes arrive. A fixed buffer: never allocates. One thread at a time.
///   read into space(), commit() what arrived, take next() until it gives nothing.
class MessageReader {
 public:
  /// Where to put bytes: room for the rest of any message. Invalidates messages given before.
  std::span<std::byte> space();

  void commit(std::size_t count);

  /// The next whole message, or nothing yet; valid until space() is called.
  /// Errors: kInvalid for one that is too long; from then on every call gives that error, for there is no way back into
  /// step.
  Result<std::optional<Message>> next();

 private:
  std::array<std::byte, 2 * kLongestPayload> buffer_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace parley::media
