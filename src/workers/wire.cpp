// SPDX-License-Identifier: GPL-3.0-or-later
#include "workers/wire.h"

#include <utility>

namespace parley::workers {
namespace {

bool is_known(std::uint8_t type) {
  return (type >= std::to_underlying(MessageType::kPing) && type <= std::to_underlying(MessageType::kCloseSpeech)) ||
         (type >= std::to_underlying(MessageType::kReady) && type <= std::to_underlying(MessageType::kError));
}

}  // namespace

void append(std::string& out, MessageType type, std::uint64_t request, std::string_view payload) {
  const auto header =
      Writer().put(static_cast<std::uint32_t>(payload.size())).put(std::to_underlying(type)).put(request).take();
  out.reserve(out.size() + header.size() + payload.size());
  out.append(header).append(payload);
}

void Decoder::feed(std::string_view bytes) {
  if (begin_ == buffer_.size()) {
    buffer_.clear();
    begin_ = 0;
  } else if (begin_ > buffer_.size() / 2) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  buffer_.append(bytes);
}

Result<std::optional<Message>> Decoder::next() {
  const auto rest = std::string_view(buffer_).substr(begin_);
  if (rest.size() < kHeaderSize) return std::nullopt;
  Reader header(rest.substr(0, kHeaderSize));
  const auto size = header.get<std::uint32_t>();
  const auto type = header.get<std::uint8_t>();
  const auto request = header.get<std::uint64_t>();
  if (!is_known(type)) return fail(ErrorCode::kInvalid, "a message of an unknown type {}", type);
  if (size > kMostPayload) return fail(ErrorCode::kInvalid, "a message of {} bytes", size);
  if (rest.size() < kHeaderSize + size) return std::nullopt;
  begin_ += kHeaderSize + size;
  return Message{.type = MessageType{type}, .request = request, .payload = std::string(rest.substr(kHeaderSize, size))};
}

}  // namespace parley::workers
