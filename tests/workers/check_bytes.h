// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "workers/protocol.h"

namespace parley::workers::testing {

/// What can be decoded is the same when it was encoded and decoded again.
template <typename T>
void check_payload(std::string_view payload) {
  const auto value = decode<T>(payload);
  if (!value) return;
  std::string again;
  if constexpr (std::is_same_v<T, Hear>) {
    again = encode(*value, value->samples);
  } else {
    again = encode(*value);
  }
  const auto twice = decode<T>(again);
  if (!twice) std::abort();
}

inline void check_message(const Message& message) {
  check_payload<Facts>(message.payload);
  check_payload<Hear>(message.payload);
  check_payload<Speak>(message.payload);
  check_payload<Sound>(message.payload);
  check_payload<recognition::Transcript>(message.payload);
  check_payload<translation::TranslationRequest>(message.payload);
  check_payload<translation::Translation>(message.payload);
  check_payload<Error>(message.payload);
  decode_stream(message.payload);
}

/// How many messages a stream of bytes has, and whether it ends in an error.
inline std::pair<std::size_t, bool> count_messages(std::string_view bytes, std::size_t piece) {
  Decoder decoder;
  std::size_t messages = 0;
  while (!bytes.empty()) {
    const auto part = bytes.substr(0, piece);
    bytes.remove_prefix(part.size());
    decoder.feed(part);
    for (;;) {
      const auto message = decoder.next();
      if (!message) return {messages, true};
      if (!*message) break;
      ++messages;
      check_message(**message);
    }
  }
  return {messages, false};
}

/// Whatever somebody sends: it is understood or not, the same however it is cut, and nothing else happens.
inline void check_bytes(std::string_view bytes) {
  const auto whole = count_messages(bytes, bytes.size());
  if (whole != count_messages(bytes, 1) || whole != count_messages(bytes, 7)) std::abort();
}

}  // namespace parley::workers::testing
