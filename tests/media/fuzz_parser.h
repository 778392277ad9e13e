// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "media/framing.h"

namespace parley::media::testing {

/// What a decoder made of a whole stream: which meanings, in which order, and how it ended.
struct Outcome {
  std::vector<std::size_t> meanings;
  std::string error;
  bool operator==(const Outcome&) const = default;
};

/// Feeds a decoder a stream in pieces of `piece` bytes.
template <typename Decoder>
Outcome decode_stream(std::span<const std::byte> stream, std::size_t piece) {
  MessageReader reader;
  Decoder decoder;
  Outcome outcome;
  while (!stream.empty()) {
    const std::span<std::byte> space = reader.space();
    if (space.empty()) std::abort();
    const std::size_t count = std::min({piece, space.size(), stream.size()});
    std::copy_n(stream.begin(), count, space.begin());
    reader.commit(count);
    stream = stream.subspan(count);
    while (true) {
      const Result<std::optional<Message>> message = reader.next();
      if (!message) {
        outcome.error = message.error().message;
        return outcome;
      }
      if (!*message) break;
      const auto incoming = decoder.decode(**message);
      if (!incoming) {
        outcome.error = incoming.error().message;
        return outcome;
      }
      outcome.meanings.push_back(incoming->index());
    }
  }
  return outcome;
}

/// A stream means the same however it is cut.
template <typename Decoder>
void check_stream(std::span<const std::byte> stream) {
  const Outcome whole = decode_stream<Decoder>(stream, 4096);
  if (decode_stream<Decoder>(stream, 1) != whole) std::abort();
  if (decode_stream<Decoder>(stream, 641) != whole) std::abort();
}

}  // namespace parley::media::testing
