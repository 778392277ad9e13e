// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace parley::media {

/// Whole messages on their way to a peer that may read slowly. Bounded: when too much audio waits, the oldest goes,
/// always whole and never the one whose beginning is already on the wire; control is never dropped. Allocates at
/// construction only. One thread at a time.
class Outbox {
 public:
  struct Limits {
    std::size_t audio_bytes;    ///< Audio that may wait, headers included.
    std::size_t control_bytes;  ///< Control that may wait beside it.
  };
  explicit Outbox(Limits limits);

  /// Puts an audio message (types 0x10 to 0x1f) behind the others. Says how many audio messages were dropped to make
  /// room.
  std::size_t push_audio(std::span<const std::byte> message);

  /// Puts a control message behind the others. Says no when there is no room: the peer has stopped reading for good.
  bool push_control(std::span<const std::byte> message);

  /// Drops the audio whose sending has not begun; says how many messages that was.
  std::size_t drop_audio();

  /// What has to be sent next, in order.
  std::span<const std::byte> pending() const { return std::span(bytes_).subspan(sent_); }
  bool empty() const { return bytes_.empty(); }

  /// Audio messages that wait, one that is partly sent included.
  std::size_t audio_messages() const { return audio_messages_; }

  /// The first `count` bytes of pending() are sent.
  void consume(std::size_t count);

 private:
  bool drop_oldest_audio();
  void forget_audio(std::size_t bytes);
  void append(std::span<const std::byte> message);

  Limits limits_;
  std::vector<std::byte> bytes_;    ///< Begins with the message being sent.
  std::size_t sent_ = 0;            ///< How much of that message is.
  std::size_t audio_ = 0;           ///< Bytes of audio messages within bytes_,
  std::size_t audio_messages_ = 0;  ///< and how many these are.
};

}  // namespace parley::media
