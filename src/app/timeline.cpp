// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/timeline.h"

#include <algorithm>

#include "app/timeline_svg.h"
#include "telemetry/ledger_reader.h"

namespace parley::app {
namespace {

using telemetry::LedgerFile;
using telemetry::LedgerLine;

std::vector<std::string> skipped_lines(const std::string& file, const LedgerFile& ledger) {
  constexpr std::size_t kTold = 5;
  std::vector<std::string> warnings;
  for (const auto& skipped : ledger.skipped) {
    if (warnings.size() == kTold) break;
    warnings.push_back(fmt::format("{}:{}: line skipped: {}", file, skipped.line, skipped.why));
  }
  if (ledger.skipped_count > warnings.size())
    warnings.push_back(fmt::format("{}: {} more skipped", file, ledger.skipped_count - warnings.size()));
  return warnings;
}

/// In the order in which they appear.
std::vector<std::string> sessions_of(const LedgerFile& ledger) {
  std::vector<std::string> sessions;
  for (const auto& line : ledger.lines) {
    if (std::ranges::find(sessions, line.record.session) == sessions.end()) sessions.push_back(line.record.session);
  }
  return sessions;
}

/// The last of them, for a message.
std::string listed(const std::vector<std::string>& sessions) {
  constexpr std::size_t kNamed = 10;
  std::string names = sessions.size() > kNamed ? "…" : "";
  for (std::size_t i = sessions.size() - std::min(sessions.size(), kNamed); i < sessions.size(); ++i) {
    if (!names.empty()) names += ", ";
    names += sessions[i];
  }
  return names;
}

std::string title(const TimelineRequest& request, const std::string& session) {
  std::string text = "Call " + session;
  if (request.from) text += fmt::format(", from {:g} s", *request.from);
  if (request.to) text += fmt::format("{} to {:g} s", request.from ? "" : ",", *request.to);
  return text;
}

}  // namespace

Result<Timeline> draw_timeline(const TimelineRequest& request) {
  if (request.from && request.to && *request.from >= *request.to)
    return fail(ErrorCode::kInvalid, "--from must be before --to");
  auto ledger = telemetry::read_ledger(request.ledger);
  if (!ledger) return std::unexpected(ledger.error());
  const std::string file = request.ledger.string();
  Timeline timeline{.warnings = skipped_lines(file, *ledger)};

  const auto sessions = sessions_of(*ledger);
  if (sessions.empty())
    return fail(ErrorCode::kInvalid, "{} has no utterances: nothing was said, or nothing was recorded", file);
  const std::string session = request.session.empty() ? sessions.back() : request.session;
  if (std::ranges::find(sessions, session) == sessions.end())
    return fail(ErrorCode::kInvalid, "{} has no session {}; it has {}", file, session, listed(sessions));
  if (request.session.empty() && sessions.size() > 1)
    timeline.warnings.push_back(fmt::format("{} has {} sessions ({}); the last is drawn, --session chooses another",
                                            file, sessions.size(), listed(sessions)));

  std::erase_if(ledger->lines, [&](const LedgerLine& line) { return line.record.session != session; });
  auto svg = timeline_svg(ledger->lines, {.title = title(request, session), .from = request.from, .to = request.to});
  if (!svg) return std::unexpected(svg.error());
  timeline.svg = std::move(*svg);
  return timeline;
}

}  // namespace parley::app
