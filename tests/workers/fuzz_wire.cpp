// SPDX-License-Identifier: GPL-3.0-or-later
#include "check_bytes.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  parley::workers::testing::check_bytes({reinterpret_cast<const char*>(data), size});
  return 0;
}
