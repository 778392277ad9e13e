// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <array>

#include "audio/halfband.h"
#include "media/audiosocket_protocol.h"
#include "media/connection.h"

namespace parley::media {

/// A connection that speaks AudioSocket. It answers in the kind of audio it last heard; before it has heard any in 8
/// kHz, which every Asterisk takes. AudioSocket has no marks and no flush: a mark counts as played when everything
/// before it was sent.
class AudioSocketConnection final : public Connection {
 public:
  AudioSocketConnection(Socket socket, ConnectionStats stats);

 private:
  Result<void> take(const Message& message) override;
  void write_frame(const audio::Frame& frame) override;
  void write_flush() override;
  void write_mark(std::uint32_t id) override;
  void write_hangup(std::uint8_t cause) override;
  void all_sent() override;

  void take(LegInfo& info);
  void take(const audiosocket::Audio& audio);
  void take(const audiosocket::Dtmf& dtmf);
  void take(const audiosocket::Hangup& hangup);
  void take(const audiosocket::PeerError& error);
  void take(const audiosocket::Unknown& unknown);

  void take_wide(std::span<const std::byte> bytes);
  void take_narrow(std::span<const std::byte> bytes);
  void answer_marks(LegEvent::Kind kind);

  audiosocket::Decoder decoder_;
  bool wide_ = false;     ///< The peer speaks 16 kHz.
  audio::Frame frame_{};  ///< Being filled with what arrives.
  std::size_t filled_ = 0;
  audio::Upsampler2 upsampler_;
  audio::Downsampler2 downsampler_;
  FixedQueue<std::uint32_t, 64> marks_;  ///< Waiting for the audio before them to be sent.
};

}  // namespace parley::media
