// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "audio/frame.h"
#include "base/language.h"

namespace parley::media {

/// What a leg says of itself when it arrives.
struct LegInfo {
  std::string session;        ///< Legs with the same session meet in one room. Never empty.
  std::string leg;            ///< Which side: "a", "b"; "mirror": hears itself translated. Never empty.
  std::string channel;        ///< Asterisk's unique channel id, for logs and ARI; may be empty.
  std::string caller_number;  ///< May be empty.
  std::string caller_name;    ///< May be empty.
  Language speaks;            ///< Empty when the dialplan did not say.
  Language hears;             ///< Empty when the dialplan did not say.
  int reconnect = 0;          ///< 0 on first arrival; n when the same channel came back after losing us.
};

/// Counted since the leg arrived. Frames of 20 ms.
struct LegStats {
  std::uint64_t frames_in = 0;           ///< Received from the phone.
  std::uint64_t frames_in_dropped = 0;   ///< Oldest dropped because nobody took them for 60 ms.
  std::uint64_t frames_out = 0;          ///< Given to the phone's side.
  std::uint64_t frames_out_dropped = 0;  ///< Not sent: the peer does not read.
};

/// Something a leg tells besides audio.
struct LegEvent {
  enum class Kind {
    kDtmf,         ///< `digit` was pressed.
    kMarkPlayed,   ///< Everything sent before mark `mark_id` has been played.
    kMarkFlushed,  ///< The mark was dropped by a flush before it was played.
    kClosed,       ///< The far end hung up or was lost; always the last event.
  };
  Kind kind = Kind::kClosed;
  char digit = 0;
  std::uint32_t mark_id = 0;
  bool lost = false;  ///< kClosed: without a goodbye, so that the far end may come back.
};

/// One party's audio path, however it reaches us (Asterisk's chan_externalmedia, AudioSocket, WAV files). Media thread
/// only; nothing here waits, and in the steady state nothing allocates. Destroying a leg hangs it up.
class Leg {
 public:
  virtual ~Leg() = default;

  virtual const LegInfo& info() const = 0;

  /// The next frame that arrived, oldest first; nothing when none is waiting. At most 3 frames (60 ms) wait: older ones
  /// are dropped and counted.
  virtual std::optional<audio::Frame> receive() = 0;

  /// Gives one frame to the far end. Called once a tick; the leg sends it at once (the 20 ms pace is the caller's).
  virtual void send(const audio::Frame& frame) = 0;

  /// The next thing that happened, oldest first.
  virtual std::optional<LegEvent> poll_event() = 0;

  /// Drops what the far end has queued and not yet played, where it can.
  virtual void flush() = 0;

  /// Asks to be told (kMarkPlayed) when everything sent so far has been played. A far end without marks answers when it
  /// was sent.
  virtual void mark(std::uint32_t id) = 0;

  /// Ends the call on this leg. Idempotent. kClosed follows.
  virtual void hang_up() = 0;

  /// Closes without a goodbye, because this process ends and not the call: the far end may look for another one.
  /// kClosed follows.
  virtual void abandon() = 0;

  virtual bool is_open() const = 0;

  virtual LegStats stats() const = 0;
};

/// Who is told that a leg arrived. Media thread.
class LegAcceptor {
 public:
  virtual ~LegAcceptor() = default;
  virtual void on_leg(std::unique_ptr<Leg> leg) = 0;
};

}  // namespace parley::media
