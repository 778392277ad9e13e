// SPDX-License-Identifier: GPL-3.0-or-later
#include "telemetry/lost_utterances.h"

#include <algorithm>
#include <fstream>
#include <map>
#include <string>
#include <system_error>
#include <tuple>

#include "telemetry/ledger_reader.h"

namespace parley::telemetry {
namespace {

constexpr std::uintmax_t kEnd = 4U << 20U;

struct Open {
  std::size_t order = 0;
  UtteranceRecord record;
};

}  // namespace

std::vector<UtteranceRecord> lost_utterances(std::string_view lines) {
  using Key = std::tuple<std::string, std::string, std::string, std::uint64_t, std::chrono::system_clock::time_point>;
  std::map<Key, Open> open;
  std::size_t order = 0;
  while (!lines.empty()) {
    const std::size_t end = lines.find('\n');
    const std::string_view text = lines.substr(0, end);
    lines.remove_prefix(end == std::string_view::npos ? lines.size() : end + 1);
    auto line = parse_ledger_line(text);
    if (!line || !*line) continue;
    UtteranceRecord& record = (*line)->record;
    if (record.begun == std::chrono::system_clock::time_point()) continue;
    const Key key{record.session, record.speaker, record.listener, record.id, record.begun};
    if ((*line)->event == LedgerEvent::kUtterance) {
      open.erase(key);
    } else {
      const auto [place, is_new] = open.try_emplace(key);
      if (is_new) place->second.order = order++;
      place->second.record = std::move(record);
    }
  }
  std::vector<Open> ordered;
  for (auto& [key, each] : open) ordered.push_back(std::move(each));
  std::ranges::sort(ordered, {}, &Open::order);
  std::vector<UtteranceRecord> lost;
  for (Open& each : ordered) {
    each.record.outcome = Outcome::kLost;
    if (each.record.error.empty()) each.record.error = "parleyd ended without finishing it";
    lost.push_back(std::move(each.record));
  }
  return lost;
}

std::vector<UtteranceRecord> lost_utterances_of(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(file, error)) return {};
  const auto size = std::filesystem::file_size(file, error);
  std::ifstream stream(file, std::ios::binary);
  if (error || size == 0 || !stream) return {};
  const auto length = std::min(size, kEnd);
  std::string text(length, '\0');
  stream.seekg(static_cast<std::streamoff>(size - length));
  stream.read(text.data(), static_cast<std::streamsize>(length));
  text.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
  return lost_utterances(text);
}

}  // namespace parley::telemetry
