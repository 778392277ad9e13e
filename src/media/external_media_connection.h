// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "media/connection.h"
#include "media/external_media_protocol.h"

namespace parley::media {

/// A connection that speaks the ExternalMedia protocol.
class ExternalMediaConnection final : public Connection {
 public:
  ExternalMediaConnection(Socket socket, ConnectionStats stats);

 private:
  Result<void> take(const Message& message) override;
  void write_frame(const audio::Frame& frame) override;
  void write_flush() override;
  void write_mark(std::uint32_t id) override;
  void write_hangup(std::uint8_t cause) override;

  void take(LegInfo& info);
  void take(const audio::Frame& frame);
  void take(const external_media::Dtmf& dtmf);
  void take(const external_media::Hangup& hangup);
  void take(const external_media::MarkPlayed& mark);
  void take(const external_media::MarkFlushed& mark);
  void take(const external_media::Unknown& unknown);

  external_media::Decoder decoder_;
  std::size_t marks_waiting_ = 0;  ///< Sent and not yet answered.
};

}  // namespace parley::media
