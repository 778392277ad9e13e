// SPDX-License-Identifier: GPL-3.0-or-later
#include "fuzz_parser.h"
#include "media/external_media_protocol.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parley::media::testing::check_stream<parley::media::external_media::Decoder>(std::as_bytes(std::span(data, size)));
  return 0;
}
