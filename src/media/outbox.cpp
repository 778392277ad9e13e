// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/outbox.h"

#include <cassert>

#include "media/framing.h"

namespace parley::media {
namespace {

std::size_t whole_length(std::span<const std::byte> message) {
  return kHeaderBytes + (std::to_integer<std::size_t>(message[1]) << 8 | std::to_integer<std::size_t>(message[2]));
}

bool is_audio(std::span<const std::byte> message) { return (message[0] & std::byte{0xf0}) == std::byte{0x10}; }

}  // namespace

Outbox::Outbox(Limits limits) : limits_(limits) { bytes_.reserve(limits.audio_bytes + limits.control_bytes); }

std::size_t Outbox::push_audio(std::span<const std::byte> message) {
  assert(is_audio(message) && whole_length(message) == message.size());
  std::size_t dropped = 0;
  while (audio_ + message.size() > limits_.audio_bytes) {
    ++dropped;
    if (!drop_oldest_audio())
      return dropped;  // Only the one on the wire is left, and it fills the room: the new one goes.
  }
  append(message);
  audio_ += message.size();
  ++audio_messages_;
  return dropped;
}

bool Outbox::push_control(std::span<const std::byte> message) {
  assert(!is_audio(message) && whole_length(message) == message.size());
  if (bytes_.size() - audio_ + message.size() > limits_.control_bytes) return false;
  append(message);
  return true;
}

std::size_t Outbox::drop_audio() {
  std::size_t dropped = 0;
  while (drop_oldest_audio()) ++dropped;
  return dropped;
}

void Outbox::consume(std::size_t count) {
  assert(count <= bytes_.size() - sent_);
  sent_ += count;
  std::size_t done = 0;
  while (done < bytes_.size()) {
    const std::span<const std::byte> message = std::span(bytes_).subspan(done);
    const std::size_t length = whole_length(message);
    if (sent_ < length) break;
    if (is_audio(message)) forget_audio(length);
    done += length;
    sent_ -= length;
  }
  bytes_.erase(bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(done));
}

bool Outbox::drop_oldest_audio() {
  std::size_t at = sent_ == 0 || bytes_.empty() ? 0 : whole_length(bytes_);
  while (at < bytes_.size()) {
    const std::span<const std::byte> message = std::span(bytes_).subspan(at);
    const std::size_t length = whole_length(message);
    if (is_audio(message)) {
      const auto begin = bytes_.begin() + static_cast<std::ptrdiff_t>(at);
      bytes_.erase(begin, begin + static_cast<std::ptrdiff_t>(length));
      forget_audio(length);
      return true;
    }
    at += length;
  }
  return false;
}

void Outbox::forget_audio(std::size_t bytes) {
  audio_ -= bytes;
  --audio_messages_;
}

void Outbox::append(std::span<const std::byte> message) { bytes_.insert(bytes_.end(), message.begin(), message.end()); }

}  // namespace parley::media
