// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "audio/wav.h"
#include "base/clock.h"
#include "media/fixed_queue.h"
#include "media/leg.h"

namespace parley::media {

/// A party whose voice is a recording: the same pipeline that carries calls translates files with it.
///
/// Its clock is send(): each call ends one tick. Within a tick receive() gives exactly one frame, so a call loop that
/// on every tick takes what there is and sends one frame hears the recording at its own pace, be that 20 ms or as fast
/// as it can. One thread at a time.
class WavLeg final : public Leg {
 public:
  /// Who is told what the party hears.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void on_heard(const audio::Frame& frame) = 0;
  };

  /// Speaks `samples` (s16, 16 kHz, mono), then silence: for `tail`, and then it hangs up; without `tail`, until it is
  /// hung up on. `listener` must outlive the leg; may be null.
  WavLeg(LegInfo info, std::vector<std::int16_t> samples, std::optional<milliseconds> tail, Listener* listener);

  const LegInfo& info() const override { return info_; }
  std::optional<audio::Frame> receive() override;
  void send(const audio::Frame& frame) override;
  std::optional<LegEvent> poll_event() override;
  void flush() override {}
  /// Answered at the next poll: what was sent before has been heard.
  void mark(std::uint32_t id) override;
  void hang_up() override { is_open_ = false; }
  void abandon() override { hang_up(); }
  bool is_open() const override { return is_open_; }
  LegStats stats() const override { return stats_; }

  /// Ticks so far.
  std::uint64_t position() const { return tick_; }

 private:
  audio::Frame frame_at(std::uint64_t tick) const;

  const LegInfo info_;
  const std::vector<std::int16_t> samples_;
  const std::optional<std::uint64_t> last_tick_;  ///< When it hangs up.
  Listener* const listener_;
  std::uint64_t tick_ = 0;
  bool was_received_ = false;  ///< This tick's frame.
  bool is_open_ = true;
  bool close_told_ = false;
  FixedQueue<std::uint32_t, 64> marks_;
  LegStats stats_;
};

/// Writes what a WavLeg hears to a mono WAV file. Must outlive the leg.
class HeardRecorder final : public WavLeg::Listener {
 public:
  explicit HeardRecorder(audio::WavWriter writer) : writer_(std::move(writer)) {}

  void on_heard(const audio::Frame& frame) override;

  /// Completes the file. Errors: the first that came up while it was written.
  Result<void> close();

 private:
  audio::WavWriter writer_;
};

}  // namespace parley::media
