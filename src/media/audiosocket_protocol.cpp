// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/audiosocket_protocol.h"

#include <bit>
#include <cstring>

namespace parley::media::audiosocket {
namespace {

static_assert(std::endian::native == std::endian::little, "frames are copied to the wire as they are");

constexpr std::size_t kUuidBytes = 16;

/// Audio types beside ours run from 0x11 (12 kHz) to 0x18 (192 kHz).
constexpr std::uint8_t kFirstAudio = 0x10;
constexpr std::uint8_t kLastAudio = 0x18;

std::string hex(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes) text += fmt::format("{:02x}", std::to_integer<unsigned>(byte));
  return text;
}

Result<std::string> leg_name(std::byte code) {
  switch (std::to_integer<unsigned>(code)) {
    case 0x0a: return "a";
    case 0x0b: return "b";
    case 0x0e: return "mirror";
    default:
      return fail(ErrorCode::kInvalid, "byte 12 of the UUID is {:#04x}, no leg (0x0a, 0x0b, 0x0e)",
                  std::to_integer<unsigned>(code));
  }
}

Result<Incoming> decode_uuid(const Message& message) {
  Result<LegInfo> info = parse_uuid(message.payload);
  if (!info) return std::unexpected(std::move(info).error());
  return *std::move(info);
}

Result<Incoming> decode_audio(const Message& message) {
  const bool wide = message.type == static_cast<std::uint8_t>(Type::kAudio16);
  const bool narrow = message.type == static_cast<std::uint8_t>(Type::kAudio8);
  if (!wide && !narrow) {
    return fail(ErrorCode::kUnsupported,
                "audio of type {:#04x}; only 8 kHz (0x10) and 16 kHz (0x12) are spoken here: dial with c(slin16)",
                message.type);
  }
  if (message.payload.size() % 2 != 0)
    return fail(ErrorCode::kInvalid, "audio of {} bytes, half a sample too many", message.payload.size());
  return Audio{wide, message.payload};
}

Incoming decode_dtmf(const Message& message) {
  if (message.payload.size() != 1) return Unknown{message.type};
  const auto digit = std::to_integer<char>(message.payload[0]);
  if (!is_dtmf(digit)) return Unknown{message.type};
  return Dtmf{digit};
}

}  // namespace

Result<LegInfo> parse_uuid(std::span<const std::byte> uuid) {
  if (uuid.size() != kUuidBytes)
    return fail(ErrorCode::kInvalid, "a UUID of {} bytes; it has {}", uuid.size(), kUuidBytes);
  Result<std::string> leg = leg_name(uuid[12]);
  if (!leg) return std::unexpected(std::move(leg).error());
  const char letters[] = {std::to_integer<char>(uuid[13]), std::to_integer<char>(uuid[14])};
  const Result<Language> speaks = Language::parse(std::string_view(letters, 2));
  if (!speaks)
    return fail(ErrorCode::kInvalid, "bytes 13 and 14 of the UUID ({}) are no language's two letters",
                hex(uuid.subspan(13, 2)));
  if (uuid[15] != std::byte{0})
    return fail(ErrorCode::kInvalid, "byte 15 of the UUID is {}, not zero", hex(uuid.subspan(15)));

  LegInfo info;
  info.session = hex(uuid.first(12));
  info.leg = *std::move(leg);
  info.speaks = *speaks;
  if (info.leg != "mirror") info.hears = *speaks;
  return info;
}

Result<Incoming> Decoder::decode(const Message& message) {
  const auto type = static_cast<Type>(message.type);
  if (type == Type::kHangup) return Hangup{};
  if (type == Type::kError)
    return PeerError{message.payload.empty() ? std::uint8_t{0} : std::to_integer<std::uint8_t>(message.payload[0])};
  if (greeted_ && type == Type::kUuid) return fail(ErrorCode::kInvalid, "a second UUID; it is said once");
  if (!greeted_ && type != Type::kUuid)
    return fail(ErrorCode::kInvalid, "a message of type {:#04x} before the UUID", message.type);
  if (type == Type::kUuid) {
    Result<Incoming> incoming = decode_uuid(message);
    greeted_ = incoming.has_value();
    return incoming;
  }
  if (message.type >= kFirstAudio && message.type <= kLastAudio) return decode_audio(message);
  if (type == Type::kDtmf) return decode_dtmf(message);
  return Unknown{message.type};
}

Packed<audio::kFrameBytes> pack_audio(const audio::Frame& frame) {
  auto message = pack_header<audio::kFrameBytes>(static_cast<std::uint8_t>(Type::kAudio16));
  std::memcpy(message.data() + kHeaderBytes, frame.data(), audio::kFrameBytes);
  return message;
}

Packed<sizeof(NarrowFrame)> pack_audio(const NarrowFrame& frame) {
  auto message = pack_header<sizeof(NarrowFrame)>(static_cast<std::uint8_t>(Type::kAudio8));
  std::memcpy(message.data() + kHeaderBytes, frame.data(), sizeof frame);
  return message;
}

Packed<0> pack_hangup() { return pack_header<0>(static_cast<std::uint8_t>(Type::kHangup)); }

}  // namespace parley::media::audiosocket
