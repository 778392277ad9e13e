// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <concepts>
#include <cstdint>
#include <cstring>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/result.h"

namespace parley::workers {

/// What a message means; see protocol.h for what it carries.
enum class MessageType : std::uint8_t {
  // parleyd to the engine
  kPing = 1,
  kHear,
  kForget,
  kTranslate,
  kSpeak,
  kNext,
  kCancel,
  kCloseSpeech,
  // the engine to parleyd
  kReady = 65,
  kNotLoaded,
  kPong,
  kHeard,
  kTranslated,
  kSound,
  kProgress,
  kError,
};

/// One message of the connection between parleyd and an engine's process. On the wire: u32 size of the payload, u8
/// type, u64 request, payload; numbers as this machine has them, for both ends are on it.
struct Message {
  MessageType type = MessageType::kPing;
  std::uint64_t request = 0;  ///< An answer has its question's; 0 where it belongs to none.
  std::string payload;
};

inline constexpr std::size_t kHeaderSize = 13;
/// Eight minutes of sound.
inline constexpr std::size_t kMostPayload = 16U << 20U;

/// Adds the message to what is to be sent.
void append(std::string& out, MessageType type, std::uint64_t request, std::string_view payload);

/// Takes messages out of a stream of bytes. Its memory is bounded by what was really received.
class Decoder {
 public:
  void feed(std::string_view bytes);

  /// The next whole message, or nothing yet. Errors: kInvalid, after which the stream is of no use.
  Result<std::optional<Message>> next();

 private:
  std::string buffer_;
  std::size_t begin_ = 0;
};

/// Builds a payload.
class Writer {
 public:
  template <typename T>
    requires std::is_arithmetic_v<T>
  Writer& put(T value) {
    data_.append(reinterpret_cast<const char*>(&value), sizeof(value));
    return *this;
  }
  Writer& put(std::string_view text) {
    put(static_cast<std::uint32_t>(text.size()));
    data_.append(text);
    return *this;
  }
  Writer& put(std::span<const std::int16_t> samples) {
    put(static_cast<std::uint32_t>(samples.size()));
    data_.append(reinterpret_cast<const char*>(samples.data()), samples.size_bytes());
    return *this;
  }
  std::string take() { return std::move(data_); }

 private:
  std::string data_;
};

/// Reads a payload. What is missing reads as nothing and makes done() false.
class Reader {
 public:
  explicit Reader(std::string_view data) : data_(data) {}

  template <typename T>
    requires std::is_arithmetic_v<T>
  T get() {
    T value{};
    const auto bytes = take(sizeof(T));
    if (bytes.size() != sizeof(T)) return value;
    if constexpr (std::is_same_v<T, bool>) {
      if (bytes[0] != 0 && bytes[0] != 1) broken_ = true;
      return bytes[0] == 1;
    }
    std::memcpy(&value, bytes.data(), sizeof(T));
    return value;
  }
  std::string text() { return std::string(take(get<std::uint32_t>())); }
  std::vector<std::int16_t> samples() {
    const auto bytes = take(std::size_t{get<std::uint32_t>()} * sizeof(std::int16_t));
    std::vector<std::int16_t> samples(bytes.size() / sizeof(std::int16_t));
    if (!samples.empty()) std::memcpy(samples.data(), bytes.data(), bytes.size());
    return samples;
  }

  /// How many items of `least` bytes or more follow; 0 where so many cannot be there.
  std::size_t count(std::size_t least) {
    const std::size_t count = get<std::uint32_t>();
    if (count * least <= data_.size()) return count;
    broken_ = true;
    return 0;
  }

  void refuse() { broken_ = true; }
  /// Everything was there, and nothing more.
  bool done() const { return !broken_ && data_.empty(); }

 private:
  std::string_view take(std::size_t size) {
    if (size > data_.size()) {
      broken_ = true;
      data_ = {};
      return {};
    }
    const auto taken = data_.substr(0, size);
    data_.remove_prefix(size);
    return taken;
  }

  std::string_view data_;
  bool broken_ = false;
};

}  // namespace parley::workers
