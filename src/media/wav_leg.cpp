// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/wav_leg.h"

#include <algorithm>

namespace parley::media {
namespace {

std::uint64_t frames_in(std::size_t samples) { return (samples + audio::kFrameSamples - 1) / audio::kFrameSamples; }

std::optional<std::uint64_t> last_tick(std::size_t samples, std::optional<milliseconds> tail) {
  if (!tail) return std::nullopt;
  return frames_in(samples) + static_cast<std::uint64_t>((*tail + kFrameTime - milliseconds(1)) / kFrameTime);
}

}  // namespace

WavLeg::WavLeg(LegInfo info, std::vector<std::int16_t> samples, std::optional<milliseconds> tail, Listener* listener)
    : info_(std::move(info)),
      samples_(std::move(samples)),
      last_tick_(last_tick(samples_.size(), tail)),
      listener_(listener) {}

std::optional<audio::Frame> WavLeg::receive() {
  if (!is_open_ || was_received_) return std::nullopt;
  was_received_ = true;
  ++stats_.frames_in;
  return frame_at(tick_);
}

void WavLeg::send(const audio::Frame& frame) {
  if (!is_open_) return;
  ++stats_.frames_out;
  if (listener_ != nullptr) listener_->on_heard(frame);
  if (!was_received_) {
    ++stats_.frames_in;
    ++stats_.frames_in_dropped;
  }
  was_received_ = false;
  ++tick_;
  if (last_tick_ && tick_ >= *last_tick_) is_open_ = false;
}

std::optional<LegEvent> WavLeg::poll_event() {
  if (const std::optional<std::uint32_t> id = marks_.pop())
    return LegEvent{.kind = LegEvent::Kind::kMarkPlayed, .mark_id = *id};
  if (is_open_ || close_told_) return std::nullopt;
  close_told_ = true;
  return LegEvent{.kind = LegEvent::Kind::kClosed};
}

void WavLeg::mark(std::uint32_t id) {
  if (is_open_) marks_.push(id);
}

audio::Frame WavLeg::frame_at(std::uint64_t tick) const {
  audio::Frame frame = audio::kSilence;
  const std::size_t begin = std::min<std::size_t>(tick * audio::kFrameSamples, samples_.size());
  const std::size_t end = std::min(begin + audio::kFrameSamples, samples_.size());
  std::copy(samples_.begin() + static_cast<std::ptrdiff_t>(begin), samples_.begin() + static_cast<std::ptrdiff_t>(end),
            frame.begin());
  return frame;
}

void HeardRecorder::on_heard(const audio::Frame& frame) {
  (void)writer_.write(frame);  // The writer keeps its first error, which close() gives.
}

Result<void> HeardRecorder::close() { return writer_.close(); }

}  // namespace parley::media
