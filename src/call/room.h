// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>
#include <memory>
#include <optional>
#include <string>

#include "audio/gain.h"
#include "call/hearing.h"
#include "call/link.h"
#include "call/services.h"
#include "media/leg.h"

namespace parley::call {

/// One call: two legs, each of which hears the other translated; or one leg, the mirror, which hears itself. Media
/// thread only; nothing here waits, and nothing allocates from tick to tick.
class Room {
 public:
  /// `now` is the current media tick: the zero of the room's clock.
  Room(std::string session, const Services& services, Hearing& hearing, std::uint64_t now);
  ~Room();

  Room(const Room&) = delete;
  Room& operator=(const Room&) = delete;

  /// Seats a leg: a new party, or one that comes back after its connection was lost and finds its call as it was, if
  /// it was not away for long. Errors: kInvalid when two others
  /// sit here.
  Result<void> seat(std::unique_ptr<media::Leg> leg);

  /// Moves 20 ms of sound each way.
  void tick(std::uint64_t now);

  /// This process ends, the calls should not: closes every leg without a goodbye.
  void abandon();

  /// Everybody has left, for good.
  bool over() const;

  const std::string& session() const { return session_; }

 private:
  /// Frames of the speaker's own voice on their way to the listener; as many as may wait in a leg.
  class OriginalVoice {
   public:
    void push(const audio::Frame& frame);
    audio::Frame pop();
    void clear() { count_ = 0; }

   private:
    std::array<audio::Frame, 3> frames_{};
    std::size_t first_ = 0;
    std::size_t count_ = 0;
  };

  struct Seat {
    std::unique_ptr<media::Leg> leg;            ///< Null when nobody sits here, or has left.
    std::string name;                           ///< Of the leg that sat here first; empty: free.
    std::string channel;                        ///< Whose it is,
    std::optional<std::uint64_t> away_since{};  ///< and since when its connection has been lost.
    std::shared_ptr<Link> speaks;               ///< This party → the other; null while it is alone.
    std::shared_ptr<Link> hears;                ///< The other → this party.
    OriginalVoice voice;                        ///< Of this party.
    audio::Ramp original_gain;                  ///< Of the other's voice in this party's ear.
    int ticks_without_frame = 0;
    int ticks_without_translation = 0;
    int ticks_talking_over = 0;
  };

  /// Links the parties when all are there.
  void introduce();
  /// Undoes it: somebody comes back on a new connection and the conversation starts afresh.
  void part();
  std::shared_ptr<Link> link(const Seat& speaker, const Seat& listener);
  Language hears_of(const media::LegInfo& info) const;
  Language speaks_of(const media::LegInfo& info) const;

  void take_in(Seat& seat, std::uint64_t now);
  void take_events(Seat& seat, std::uint64_t now);
  void give_out(Seat& seat, Seat& other, std::uint64_t now);
  float original_gain(const Seat& seat) const;
  void mind_talking_over(Seat& seat) const;
  void lose(Seat& seat, std::uint64_t now);
  void leave(Seat& seat);
  void give_up_waiting(Seat& seat, std::uint64_t now);
  bool admitted();
  void dismiss_when_all_is_said(Seat& seat, std::uint64_t now);

  const std::string session_;
  const Services services_;
  const CallConfig& config_;
  Hearing& hearing_;
  const std::uint64_t began_;
  std::array<Seat, 2> seats_;
  bool mirror_ = false;
  std::optional<bool> admitted_;  ///< Once somebody is to be translated.
};

}  // namespace parley::call
