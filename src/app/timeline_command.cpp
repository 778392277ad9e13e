// SPDX-License-Identifier: GPL-3.0-or-later
#include <fstream>
#include <iostream>
#include <memory>
#include <string>

#include <unistd.h>

#include "app/commands.h"
#include "app/timeline.h"

namespace parley::app {
namespace {

struct TimelineOptions {
  TimelineRequest request;
  std::string out;  ///< Empty: standard output.
};

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
  if (options.out.empty() && isatty(STDOUT_FILENO) != 0)
    return fail(ErrorCode::kInvalid, "the picture would go to a terminal: give it a file with -o OUT.svg");
  const auto timeline = draw_timeline(options.request);
  if (!timeline) return std::unexpected(timeline.error());
  for (const auto& warning : timeline->warnings) std::cerr << "parley: " << warning << "\n";
  return write(timeline->svg, options.out);
}

}  // namespace

void add_timeline(CLI::App& parley, const CommonOptions& /*common*/, int& status) {
  auto options = std::make_shared<TimelineOptions>();
  CLI::App* command = parley.add_subcommand(
      "timeline", "Draw a ledger: what was said, when it was worked on and when it was heard (SVG)");
  command
      ->add_option("file", options->request.ledger,
                   "Ledger that parleyd wrote (`ledger` in parley.toml), or what `parley translate --json` printed")
      ->required();
  command->add_option("-o,--out", options->out, "SVG file; without it standard output");
  command->add_option("-s,--session", options->request.session, "Which call; without it the last in the file");
  command->add_option("--from", options->request.from, "Draw from this second of the call on")
      ->check(CLI::NonNegativeNumber);
  command->add_option("--to", options->request.to, "Draw up to this second; a short part is drawn larger")
      ->check(CLI::NonNegativeNumber);
  command->callback([options, &status] {
    if (auto drawn = draw(*options); !drawn) status = complain(drawn.error());
  });
}

}  // namespace parley::app
