// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/external_media_connection.h"

namespace parley::media {
namespace {

/// More marks than this at once are a protocol error to Asterisk.
constexpr std::size_t kMostMarks = 64;

}  // namespace

ExternalMediaConnection::ExternalMediaConnection(Socket socket, ConnectionStats stats)
    : Connection(std::move(socket), std::move(stats), "ExternalMedia") {}

Result<void> ExternalMediaConnection::take(const Message& message) {
  Result<external_media::Incoming> incoming = decoder_.decode(message);
  if (!incoming) return std::unexpected(std::move(incoming).error());
  std::visit([this](auto& what) { take(what); }, *incoming);
  return {};
}

void ExternalMediaConnection::take(LegInfo& info) { greeted(std::move(info)); }

void ExternalMediaConnection::take(const audio::Frame& frame) { received(frame); }

void ExternalMediaConnection::take(const external_media::Dtmf& dtmf) {
  happened({.kind = LegEvent::Kind::kDtmf, .digit = dtmf.digit});
}

void ExternalMediaConnection::take(const external_media::Hangup&) { hung_up_by_peer(); }

void ExternalMediaConnection::take(const external_media::MarkPlayed& mark) {
  if (marks_waiting_ > 0) --marks_waiting_;
  happened({.kind = LegEvent::Kind::kMarkPlayed, .mark_id = mark.id});
}

void ExternalMediaConnection::take(const external_media::MarkFlushed& mark) {
  if (marks_waiting_ > 0) --marks_waiting_;
  happened({.kind = LegEvent::Kind::kMarkFlushed, .mark_id = mark.id});
}

void ExternalMediaConnection::take(const external_media::Unknown&) { skipped_unknown(); }

void ExternalMediaConnection::write_frame(const audio::Frame& frame) { write_audio(external_media::pack_audio(frame)); }

void ExternalMediaConnection::write_flush() { write_control(external_media::pack_flush()); }

void ExternalMediaConnection::write_mark(std::uint32_t id) {
  if (marks_waiting_ == kMostMarks) return happened({.kind = LegEvent::Kind::kMarkFlushed, .mark_id = id});
  ++marks_waiting_;
  write_control(external_media::pack_mark(id));
}

void ExternalMediaConnection::write_hangup(std::uint8_t cause) { write_control(external_media::pack_hangup(cause)); }

}  // namespace parley::media
