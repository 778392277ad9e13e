// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/audiosocket_connection.h"

#include <algorithm>
#include <cstring>

#include <spdlog/spdlog.h>

namespace parley::media {

AudioSocketConnection::AudioSocketConnection(Socket socket, ConnectionStats stats)
    : Connection(std::move(socket), std::move(stats), "AudioSocket") {}

Result<void> AudioSocketConnection::take(const Message& message) {
  Result<audiosocket::Incoming> incoming = decoder_.decode(message);
  if (!incoming) return std::unexpected(std::move(incoming).error());
  std::visit([this](auto& what) { take(what); }, *incoming);
  return {};
}

void AudioSocketConnection::take(LegInfo& info) { greeted(std::move(info)); }

void AudioSocketConnection::take(const audiosocket::Audio& audio) {
  wide_ = audio.wide;
  if (audio.wide) {
    take_wide(audio.bytes);
  } else {
    take_narrow(audio.bytes);
  }
}

void AudioSocketConnection::take_wide(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const std::size_t samples = std::min(bytes.size() / 2, frame_.size() - filled_);
    std::memcpy(frame_.data() + filled_, bytes.data(), samples * 2);
    filled_ += samples;
    bytes = bytes.subspan(samples * 2);
    if (filled_ < frame_.size()) continue;
    received(frame_);
    filled_ = 0;
  }
}

void AudioSocketConnection::take_narrow(std::span<const std::byte> bytes) {
  audiosocket::NarrowFrame narrow;
  audio::Frame wide;
  while (!bytes.empty()) {
    const std::size_t samples = std::min(bytes.size() / 2, narrow.size());
    std::memcpy(narrow.data(), bytes.data(), samples * 2);
    const std::span<std::int16_t> doubled = std::span(wide).first(2 * samples);
    upsampler_.process(std::span(narrow).first(samples), doubled);
    take_wide(std::as_bytes(doubled));
    bytes = bytes.subspan(samples * 2);
  }
}

void AudioSocketConnection::take(const audiosocket::Dtmf& dtmf) {
  happened({.kind = LegEvent::Kind::kDtmf, .digit = dtmf.digit});
}

void AudioSocketConnection::take(const audiosocket::Hangup&) { hung_up_by_peer(); }

void AudioSocketConnection::take(const audiosocket::PeerError& error) {
  spdlog::warn("AudioSocket: Asterisk reports error {:#04x} on leg {} of session {}", error.code, info().leg,
               info().session);
  hung_up_by_peer();
}

void AudioSocketConnection::take(const audiosocket::Unknown&) { skipped_unknown(); }

void AudioSocketConnection::write_frame(const audio::Frame& frame) {
  if (wide_) return write_audio(audiosocket::pack_audio(frame));
  audiosocket::NarrowFrame narrow;
  downsampler_.process(frame, narrow);
  write_audio(audiosocket::pack_audio(narrow));
}

void AudioSocketConnection::write_flush() { answer_marks(LegEvent::Kind::kMarkFlushed); }

void AudioSocketConnection::write_mark(std::uint32_t id) {
  if (all_is_sent()) {
    happened({.kind = LegEvent::Kind::kMarkPlayed, .mark_id = id});
  } else if (!marks_.push(id)) {
    happened({.kind = LegEvent::Kind::kMarkFlushed, .mark_id = id});
  }
}

void AudioSocketConnection::write_hangup(std::uint8_t) { write_control(audiosocket::pack_hangup()); }

void AudioSocketConnection::all_sent() { answer_marks(LegEvent::Kind::kMarkPlayed); }

void AudioSocketConnection::answer_marks(LegEvent::Kind kind) {
  while (const std::optional<std::uint32_t> id = marks_.pop()) happened({.kind = kind, .mark_id = *id});
}

}  // namespace parley::media
