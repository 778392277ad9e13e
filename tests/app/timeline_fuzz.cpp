// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "app/timeline_svg.h"
#include "app/timeline_well_formed.h"
#include "telemetry/ledger_reader.h"

/// Any bytes as a ledger: what can be drawn of it is a well-formed picture.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto svg = app::timeline_svg(telemetry::parse_ledger(text).lines, {.title = std::string(text.substr(0, 20))});
  if (!svg) return 0;
  if (const auto flaw = app::flaw_of(*svg); !flaw.empty()) {
    std::fprintf(stderr, "%s\n", flaw.c_str());
    std::abort();
  }
  return 0;
}
