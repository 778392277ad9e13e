// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/framing.h"

#include <cassert>
#include <cstring>

namespace parley::media {

std::span<std::byte> MessageReader::space() {
  std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
  end_ -= begin_;
  begin_ = 0;
  return std::span(buffer_).subspan(end_);
}

void MessageReader::commit(std::size_t count) {
  assert(count <= buffer_.size() - end_);
  end_ += count;
}

Result<std::optional<Message>> MessageReader::next() {
  const std::span<const std::byte> waiting = std::span(buffer_).subspan(begin_, end_ - begin_);
  if (waiting.size() < kHeaderBytes) return std::nullopt;
  const auto type = std::to_integer<std::uint8_t>(waiting[0]);
  const std::size_t length = std::to_integer<std::size_t>(waiting[1]) << 8 | std::to_integer<std::size_t>(waiting[2]);
  if (length > kLongestPayload) {
    return fail(ErrorCode::kInvalid,
                "a message of type {:#04x} says it is {} bytes long, {} is the most: the ends have lost step", type,
                length, kLongestPayload);
  }
  if (waiting.size() < kHeaderBytes + length) return std::nullopt;
  begin_ += kHeaderBytes + length;
  return Message{type, waiting.subspan(kHeaderBytes, length)};
}

}  // namespace parley::media
