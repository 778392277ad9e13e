// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/clock.h"
#include "base/result.h"
#include "media/fixed_queue.h"
#include "media/framing.h"
#include "media/handler_memory.h"
#include "media/leg.h"
#include "media/media_stats.h"
#include "media/outbox.h"
#include "telemetry/loop_stats.h"

namespace parley::media {

/// Where a connection counts, beside its own LegStats. Shared, because it may outlive its server.
struct ConnectionStats {
  std::shared_ptr<MediaStats> media;
  std::shared_ptr<telemetry::LoopStats> loop;
};

/// One accepted connection: first a stranger that has to say who it is, then the stream under a leg. It owns the
/// socket, both bounded queues and the manners of ending; what messages mean is for a derived class. Lives as long as
/// its leg or an operation on its socket; media thread only.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;

  /// Who is told what becomes of a stranger: one of the two, once.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void on_hello(const std::shared_ptr<Connection>& connection) = 0;
    virtual void on_gone(const std::shared_ptr<Connection>& connection) = 0;
  };

  virtual ~Connection() = default;

  /// Begins to read. `listener` lives until it was told, or until abandon().
  void start(Listener& listener, milliseconds hello_timeout);

  /// Hangs up on a peer for which there is no room.
  void refuse();

  /// Closes without a word: neither the listener, where it is a stranger, nor the peer is told.
  void abandon();

  // What a leg is made of; see Leg.
  const LegInfo& info() const { return info_; }
  std::optional<audio::Frame> receive() { return frames_.pop(); }
  void send(const audio::Frame& frame);
  std::optional<LegEvent> poll_event();
  void flush();
  void mark(std::uint32_t id);
  void hang_up();
  bool is_open() const { return state_ == State::kOpen; }
  LegStats stats() const { return stats_; }

 protected:
  /// `socket` is connected; `name` is how logs call the protocol.
  Connection(Socket socket, ConnectionStats stats, std::string_view name);

  // For the derived class to say what it understood.
  void greeted(LegInfo info);
  void received(const audio::Frame& frame);
  void happened(LegEvent event);
  void hung_up_by_peer();
  void skipped_unknown() { ++all_.media->unknown_messages; }

  // For the derived class to send with.
  void write_audio(std::span<const std::byte> message);
  void write_control(std::span<const std::byte> message);
  bool all_is_sent() const { return outbox_.empty(); }

 private:
  /// What one message means. An error closes the connection, as a protocol error.
  virtual Result<void> take(const Message& message) = 0;
  virtual void write_frame(const audio::Frame& frame) = 0;
  virtual void write_flush() = 0;
  virtual void write_mark(std::uint32_t id) = 0;
  virtual void write_hangup(std::uint8_t cause) = 0;
  /// Everything given to the socket so far has been taken by the kernel.
  virtual void all_sent() {}

  enum class State {
    kStranger,  ///< Has not said who it is.
    kOpen,      ///< A leg.
    kLeaving,   ///< Hung up by us; the message about it is on its way, the peer has a moment to read it.
    kGone,      ///< The socket is closed.
  };

  void read();
  void on_read(const boost::system::error_code& error, std::size_t count);
  Result<void> take_messages();
  void refuse_protocol(const Error& error);
  void write();
  void on_writable(const boost::system::error_code& error);
  void set_deadline(milliseconds time);
  void on_deadline();
  void leave(std::uint8_t cause);
  void close(std::string_view why);
  void end_leg(std::string_view why);
  void note_unsent(std::size_t frames);

  Socket socket_;
  boost::asio::steady_timer deadline_;
  const ConnectionStats all_;  ///< Of all legs.
  std::string_view name_;
  Listener* listener_ = nullptr;
  State state_ = State::kStranger;
  bool is_waiting_to_write_ = false;
  bool close_told_ = false;  ///< kClosed was given to the leg's owner.
  bool goodbye_ = false;     ///< One of both hung up.
  LegInfo info_;
  LegStats stats_;
  telemetry::DropCounter input_drops_{telemetry::Queue::kInput};
  telemetry::DropCounter send_drops_{telemetry::Queue::kSend};
  MessageReader reader_;
  Outbox outbox_;
  FixedQueue<audio::Frame, 3> frames_;
  FixedQueue<LegEvent, 256> events_;
  HandlerMemory read_memory_;
  HandlerMemory write_memory_;
};

/// The leg over a connection, which hangs it up when destroyed.
std::unique_ptr<Leg> make_leg(std::shared_ptr<Connection> connection);

}  // namespace parley::media
