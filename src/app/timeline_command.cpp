// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <unistd.h>

#include "app/commands.h"
#include "app/timeline_svg.h"
#include "telemetry/ledger_reader.h"

namespace parley::app {
namespace {

using telemetry::LedgerFile;
using telemetry::LedgerLine;

struct TimelineOptions {
  std::string file;
  std::string out;  ///< Empty: standard output.
  std::string session;
  std::optional<double> from;
  std::optional<double> to;
};

void warn(std::string_view text) { std::cerr << "parley: " << text << "\n"; }

void tell_skipped(const TimelineOptions& options, const LedgerFile& ledger) {
  constexpr std::size_t kTold = 5;
  for (const auto& skipped : ledger.skipped) {
    if (&skipped - ledger.skipped.data() == kTold) break;
    warn(fmt::format("{}:{}: line skipped: {}", options.file, skipped.line, skipped.why));
  }
  if (const auto told = std::min(ledger.skipped.size(), kTold); ledger.skipped_count > told)
    warn(fmt::format("{}: {} more lines skipped", options.file, ledger.skipped_count - told));
}

/// In the order in which they appear.
std::vector<std::string> sessions_of(const LedgerFile& ledger) {
  std::vector<std::string> sessions;
  for (const auto& line : ledger.lines) {
    if (std::ranges::find(sessions, line.record.session) == sessions.end()) sessions.push_back(line.record.session);
  }
  return sessions;
}

/// The session that was asked for, or the last. Errors: kInvalid.
Result<std::string> choose_session(const TimelineOptions& options, const LedgerFile& ledger) {
  const auto sessions = sessions_of(ledger);
  if (sessions.empty())
    return fail(ErrorCode::kInvalid, "{} has no utterances: nothing was said, or nothing was recorded", options.file);
  constexpr std::size_t kNamed = 10;
  std::string names;
  for (std::size_t i = sessions.size() - std::min(sessions.size(), kNamed); i < sessions.size(); ++i)
    names += (names.empty() ? "" : ", ") + sessions[i];
  if (sessions.size() > kNamed) names = "…, " + names;
  if (options.session.empty()) {
    if (sessions.size() > 1)
      warn(fmt::format("{} has {} sessions ({}); the last is drawn, --session chooses another", options.file,
                       sessions.size(), names));
    return sessions.back();
  }
  if (std::ranges::find(sessions, options.session) == sessions.end())
    return fail(ErrorCode::kInvalid, "{} has no session {}; it has {}", options.file, options.session, names);
  return options.session;
}

Result<void> write(const std::string& svg, const std::string& file) {
  if (file.empty()) {
    std::cout << svg << std::flush;
    if (!std::cout) return fail(ErrorCode::kUnavailable, "standard output cannot be written");
    return {};
  }
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  stream << svg << std::flush;
  if (!stream) return fail(ErrorCode::kUnavailable, "{} cannot be written: check its directory and the disk", file);
  return {};
}

Result<void> draw(const TimelineOptions& options) {
  if (options.from && options.to && *options.from >= *options.to)
    return fail(ErrorCode::kInvalid, "--from must be before --to");
  if (options.out.empty() && isatty(STDOUT_FILENO) != 0)
    return fail(ErrorCode::kInvalid, "the picture would go to a terminal: give it a file with -o OUT.svg");
  auto ledger = telemetry::read_ledger(options.file);
  if (!ledger) return std::unexpected(ledger.error());
  tell_skipped(options, *ledger);
  const auto session = choose_session(options, *ledger);
  if (!session) return std::unexpected(session.error());
  std::erase_if(ledger->lines, [&](const LedgerLine& line) { return line.record.session != *session; });
  const auto svg = timeline_svg(ledger->lines, {.title = "Call " + *session, .from = options.from, .to = options.to});
  if (!svg) return std::unexpected(svg.error());
  return write(*svg, options.out);
}

}  // namespace

void add_timeline(CLI::App& parley, const CommonOptions& /*common*/, int& status) {
  auto options = std::make_shared<TimelineOptions>();
  CLI::App* command = parley.add_subcommand(
      "timeline", "Draw a ledger: what was said, when it was worked on and when it was heard (SVG)");
  command
      ->add_option("file", options->file,
                   "Ledger that parleyd wrote (`ledger` in parley.toml), or what `parley translate --json` printed")
      ->required();
  command->add_option("-o,--out", options->out, "SVG file; without it standard output");
  command->add_option("-s,--session", options->session, "Which call; without it the last in the file");
  command->add_option("--from", options->from, "Draw from this second of the call on")->check(CLI::NonNegativeNumber);
  command->add_option("--to", options->to, "Draw up to this second; a short part is drawn larger")
      ->check(CLI::NonNegativeNumber);
  command->callback([options, &status] {
    if (auto drawn = draw(*options); !drawn) status = complain(drawn.error());
  });
}

}  // namespace parley::app
