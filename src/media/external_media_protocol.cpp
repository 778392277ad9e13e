// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/external_media_protocol.h"

#include <bit>
#include <cstring>

namespace parley::media::external_media {
namespace {

static_assert(std::endian::native == std::endian::little, "frames are copied to the wire as they are");

std::uint32_t read_u32(std::span<const std::byte> bytes) {
  std::uint32_t value = 0;
  for (const std::byte byte : bytes.first<4>()) value = value << 8 | std::to_integer<std::uint32_t>(byte);
  return value;
}

Result<Incoming> decode_audio(std::span<const std::byte> payload) {
  if (payload.size() != audio::kFrameBytes) {
    return fail(ErrorCode::kInvalid, "audio of {} bytes; a frame has exactly {}", payload.size(), audio::kFrameBytes);
  }
  Result<Incoming> incoming(std::in_place, std::in_place_type<audio::Frame>);
  std::memcpy(std::get<audio::Frame>(*incoming).data(), payload.data(), audio::kFrameBytes);
  return incoming;
}

Result<Incoming> decode_dtmf(std::span<const std::byte> payload) {
  if (payload.size() != 1) return fail(ErrorCode::kInvalid, "dtmf of {} bytes; it has exactly 1", payload.size());
  const auto digit = std::to_integer<char>(payload[0]);
  if (!is_dtmf(digit)) {
    return fail(ErrorCode::kInvalid, "dtmf {:#04x} is not a telephone's key", static_cast<unsigned char>(digit));
  }
  return Dtmf{digit};
}

Result<Incoming> decode_hangup(std::span<const std::byte> payload) {
  if (payload.size() > 1) return fail(ErrorCode::kInvalid, "hangup of {} bytes; it has one at most", payload.size());
  return payload.empty() ? Hangup{} : Hangup{std::to_integer<std::uint8_t>(payload[0])};
}

template <typename Mark>
Result<Incoming> decode_mark(std::span<const std::byte> payload) {
  if (payload.size() != 4) return fail(ErrorCode::kInvalid, "mark of {} bytes; it has exactly 4", payload.size());
  return Mark{read_u32(payload)};
}

}  // namespace

Result<Incoming> Decoder::decode(const Message& message) {
  const auto type = static_cast<Type>(message.type);
  if (!greeted_) {
    if (type != Type::kHello) return fail(ErrorCode::kInvalid, "a message of type {:#04x} before hello", message.type);
    Result<LegInfo> info = parse_hello(message.payload);
    if (!info) return std::unexpected(std::move(info).error());
    greeted_ = true;
    return *std::move(info);
  }
  switch (type) {
    case Type::kHello: return fail(ErrorCode::kInvalid, "a second hello; it is said once");
    case Type::kAudio: return decode_audio(message.payload);
    case Type::kDtmf: return decode_dtmf(message.payload);
    case Type::kHangup: return decode_hangup(message.payload);
    case Type::kMark: return decode_mark<MarkPlayed>(message.payload);
    case Type::kMarkFlushed: return decode_mark<MarkFlushed>(message.payload);
    case Type::kFlush: return fail(ErrorCode::kInvalid, "flush, which only a server sends");
  }
  return Unknown{message.type};
}

Packed<audio::kFrameBytes> pack_audio(const audio::Frame& frame) {
  auto message = pack_header<audio::kFrameBytes>(static_cast<std::uint8_t>(Type::kAudio));
  std::memcpy(message.data() + kHeaderBytes, frame.data(), audio::kFrameBytes);
  return message;
}

Packed<0> pack_flush() { return pack_header<0>(static_cast<std::uint8_t>(Type::kFlush)); }

Packed<4> pack_mark(std::uint32_t id) {
  auto message = pack_header<4>(static_cast<std::uint8_t>(Type::kMark));
  for (std::size_t i = 0; i < 4; ++i) message[kHeaderBytes + i] = static_cast<std::byte>(id >> (24 - 8 * i) & 0xff);
  return message;
}

Packed<1> pack_hangup(std::uint8_t cause) {
  auto message = pack_header<1>(static_cast<std::uint8_t>(Type::kHangup));
  message[kHeaderBytes] = std::byte{cause};
  return message;
}

}  // namespace parley::media::external_media
