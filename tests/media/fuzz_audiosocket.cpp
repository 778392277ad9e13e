// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz_parser.h"
#include "media/audiosocket_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parley::media::testing::check_stream<parley::media::audiosocket::Decoder>(std::as_bytes(std::span(data, size)));
  return 0;
}
