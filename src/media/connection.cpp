// SPDX-License-Identifier: GPL-3.0-or-later
#include "media/connection.h"

#include <spdlog/spdlog.h>
#include <boost/asio/bind_allocator.hpp>
#include <boost/asio/buffer.hpp>

namespace parley::media {
namespace {

namespace asio = boost::asio;

/// With what the socket holds just under a second of audio, so that an Asterisk that stands still for so long loses
/// nothing (the driver's playout catches up); and far more control than a peer that reads can let wait.
constexpr Outbox::Limits kOutboxLimits{36 * (kHeaderBytes + audio::kFrameBytes), 2048};

/// Q.850. The dialplan connects people directly, in their original voices, after the latter two.
constexpr std::uint8_t kCauseNormal = 16;
constexpr std::uint8_t kCauseOutOfOrder = 27;
constexpr std::uint8_t kCauseProtocolError = 111;

/// How long a peer we hung up on may take to read that.
constexpr milliseconds kLeavingTime{1000};

}  // namespace

Connection::Connection(Socket socket, ConnectionStats stats, std::string_view name)
    : socket_(std::move(socket)),
      deadline_(socket_.get_executor()),
      all_(std::move(stats)),
      name_(name),
      outbox_(kOutboxLimits) {
  boost::system::error_code ignored;
  socket_.non_blocking(true, ignored);
}

void Connection::start(Listener& listener, milliseconds hello_timeout) {
  listener_ = &listener;
  set_deadline(hello_timeout);
  read();
}

void Connection::refuse() {
  leave(kCauseOutOfOrder);
  if (state_ == State::kLeaving) read();
}

void Connection::abandon() {
  listener_ = nullptr;
  close("the server stops");
}

void Connection::send(const audio::Frame& frame) {
  if (state_ == State::kOpen) write_frame(frame);
}

void Connection::flush() {
  if (state_ != State::kOpen) return;
  const std::size_t dropped = outbox_.drop_audio();  // As it was asked to: not for want of room.
  stats_.frames_out -= dropped;
  stats_.frames_out_dropped += dropped;
  write_flush();
}

void Connection::mark(std::uint32_t id) {
  if (state_ == State::kOpen) write_mark(id);
}

std::optional<LegEvent> Connection::poll_event() {
  if (std::optional<LegEvent> event = events_.pop()) return event;
  const bool is_over = state_ == State::kLeaving || state_ == State::kGone;
  if (!is_over || close_told_) return std::nullopt;
  close_told_ = true;
  return LegEvent{.kind = LegEvent::Kind::kClosed, .lost = !goodbye_};
}

void Connection::hang_up() {
  if (state_ == State::kOpen) leave(kCauseNormal);
}

void Connection::greeted(LegInfo info) {
  info_ = std::move(info);
  state_ = State::kOpen;
  deadline_.cancel();
  ++all_.media->legs;
  ++all_.media->legs_open;
  ++all_.loop->legs;
  spdlog::info("{}: leg {} of session {} arrived (channel {}, reconnect {})", name_, info_.leg, info_.session,
               info_.channel, info_.reconnect);
  if (Listener* listener = std::exchange(listener_, nullptr)) listener->on_hello(shared_from_this());
}

void Connection::received(const audio::Frame& frame) {
  ++stats_.frames_in;
  all_.loop->frames_in.fetch_add(1, std::memory_order_relaxed);
  if (frames_.full()) {
    frames_.pop();
    ++stats_.frames_in_dropped;
    input_drops_.note(1, info_.session, info_.leg, *all_.loop);
  }
  frames_.push(frame);
  all_.loop->see_depth(telemetry::Queue::kInput, frames_.size());
}

void Connection::happened(LegEvent event) {
  if (!events_.push(event)) ++all_.media->events_dropped;
}

void Connection::hung_up_by_peer() {
  goodbye_ = true;
  close("the far end hung up");
}

void Connection::write_audio(std::span<const std::byte> message) {
  const std::size_t dropped = outbox_.push_audio(message);
  ++stats_.frames_out;
  all_.loop->frames_out.fetch_add(1, std::memory_order_relaxed);
  note_unsent(dropped);
  write();
  all_.loop->see_depth(telemetry::Queue::kSend, outbox_.audio_messages());
}

void Connection::note_unsent(std::size_t frames) {
  if (frames == 0) return;
  stats_.frames_out -= frames;
  stats_.frames_out_dropped += frames;
  send_drops_.note(frames, info_.session, info_.leg, *all_.loop);
}

void Connection::write_control(std::span<const std::byte> message) {
  if (outbox_.push_control(message)) {
    write();
  } else {
    ++all_.media->stuck_peers;
    close("the far end does not read what it is sent");
  }
}

void Connection::read() {
  const std::span<std::byte> space = reader_.space();
  socket_.async_read_some(
      asio::buffer(space.data(), space.size()),
      asio::bind_allocator(HandlerAllocator<void>(read_memory_),
                           [self = shared_from_this()](const boost::system::error_code& error, std::size_t count) {
                             self->on_read(error, count);
                           }));
}

void Connection::on_read(const boost::system::error_code& error, std::size_t count) {
  if (state_ == State::kGone) return;
  if (error) return close(error == asio::error::eof ? "the far end closed the connection" : "the connection was lost");
  if (state_ != State::kLeaving) {  // What a peer says after we hung up is not for anybody.
    reader_.commit(count);
    if (Result<void> taken = take_messages(); !taken) refuse_protocol(taken.error());
  }
  if (state_ != State::kGone) read();
}

Result<void> Connection::take_messages() {
  while (state_ == State::kStranger || state_ == State::kOpen) {
    Result<std::optional<Message>> message = reader_.next();
    if (!message) return std::unexpected(std::move(message).error());
    if (!*message) return {};
    if (Result<void> taken = take(**message); !taken) return taken;
  }
  return {};
}

/// A peer whose hello is wrong is hung up on, so that it does not come back with the same; one that breaks the rules
/// later has lost step and may come back.
void Connection::refuse_protocol(const Error& error) {
  ++all_.media->protocol_errors;
  spdlog::warn("{}: protocol error on {}: {}; the connection is closed, other calls are not touched", name_,
               info_.session.empty() ? "a connection without hello"
                                     : fmt::format("leg {} of session {}", info_.leg, info_.session),
               error.message);
  if (state_ == State::kStranger) {
    leave(kCauseProtocolError);
  } else {
    close("of a protocol error");
  }
}

void Connection::write() {
  while (!is_waiting_to_write_ && state_ != State::kGone && !outbox_.empty()) {
    const std::span<const std::byte> pending = outbox_.pending();
    boost::system::error_code error;
    const std::size_t count = socket_.write_some(asio::buffer(pending.data(), pending.size()), error);
    if (error == asio::error::would_block || error == asio::error::try_again) {
      is_waiting_to_write_ = true;
      socket_.async_wait(Socket::wait_write,
                         asio::bind_allocator(HandlerAllocator<void>(write_memory_),
                                              [self = shared_from_this()](const boost::system::error_code& failed) {
                                                self->on_writable(failed);
                                              }));
      return;
    }
    if (error) return close("the connection was lost");
    outbox_.consume(count);
  }
  if (!outbox_.empty() || state_ == State::kGone) return;
  all_sent();
  boost::system::error_code ignored;
  if (state_ == State::kLeaving) socket_.shutdown(Socket::shutdown_send, ignored);
}

void Connection::on_writable(const boost::system::error_code& error) {
  is_waiting_to_write_ = false;
  if (!error) write();
}

void Connection::set_deadline(milliseconds time) {
  deadline_.expires_after(time);
  deadline_.async_wait([self = shared_from_this()](const boost::system::error_code& error) {
    if (!error) self->on_deadline();
  });
}

void Connection::on_deadline() {
  if (state_ == State::kStranger) {
    ++all_.media->hello_timeouts;
    spdlog::warn("{}: a connection that did not say who it is was closed", name_);
    close("it did not say who it is");
  } else if (state_ == State::kLeaving) {
    close("it was hung up");
  }
}

void Connection::leave(std::uint8_t cause) {
  goodbye_ = true;
  end_leg("hung up by us");
  state_ = State::kLeaving;
  set_deadline(kLeavingTime);
  write_hangup(cause);
}

void Connection::close(std::string_view why) {
  if (state_ == State::kGone) return;
  end_leg(why);
  state_ = State::kGone;
  deadline_.cancel();
  boost::system::error_code ignored;
  socket_.close(ignored);
}

void Connection::end_leg(std::string_view why) {
  if (state_ == State::kOpen) {
    --all_.media->legs_open;
    --all_.loop->legs;
    spdlog::info("{}: leg {} of session {} ended: {} (frames: {} in, {} of them dropped, {} out, {} dropped)", name_,
                 info_.leg, info_.session, why, stats_.frames_in, stats_.frames_in_dropped, stats_.frames_out,
                 stats_.frames_out_dropped);
  }
  if (Listener* listener = std::exchange(listener_, nullptr)) listener->on_gone(shared_from_this());
}

namespace {

class StreamLeg final : public Leg {
 public:
  explicit StreamLeg(std::shared_ptr<Connection> connection) : connection_(std::move(connection)) {}
  StreamLeg(const StreamLeg&) = delete;
  StreamLeg& operator=(const StreamLeg&) = delete;
  ~StreamLeg() override { connection_->hang_up(); }

  const LegInfo& info() const override { return connection_->info(); }
  std::optional<audio::Frame> receive() override { return connection_->receive(); }
  void send(const audio::Frame& frame) override { connection_->send(frame); }
  std::optional<LegEvent> poll_event() override { return connection_->poll_event(); }
  void flush() override { connection_->flush(); }
  void mark(std::uint32_t id) override { connection_->mark(id); }
  void hang_up() override { connection_->hang_up(); }
  void abandon() override { connection_->abandon(); }
  bool is_open() const override { return connection_->is_open(); }
  LegStats stats() const override { return connection_->stats(); }

 private:
  std::shared_ptr<Connection> connection_;
};

}  // namespace

std::unique_ptr<Leg> make_leg(std::shared_ptr<Connection> connection) {
  return std::make_unique<StreamLeg>(std::move(connection));
}

}  // namespace parley::media
