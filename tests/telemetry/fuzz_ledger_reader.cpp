// SPDX-License-Identifier: GPL-3.0-or-later
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "telemetry/ledger_reader.h"

/// Any bytes as a ledger: lines are skipped, or read as utterances that can be written and read again.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace parley::telemetry;
  const auto file = parse_ledger({reinterpret_cast<const char*>(data), size});
  for (const auto& line : file.lines) {
    const auto again = parse_ledger_line(to_json(line.record, "utterance"));
    if (!again || !*again || (*again)->record.source != line.record.source) std::abort();
  }
  return 0;
}
