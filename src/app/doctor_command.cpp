// SPDX-License-Identifier: GPL-3.0-or-later
#include <iostream>

#include <unistd.h>
#include <nlohmann/json.hpp>

#include "app/commands.h"
#include "app/doctor.h"

namespace parley::app {
namespace {

std::string_view mark(Finding::Health health, bool colour) {
  switch (health) {
    case Finding::Health::kGood: return colour ? "\033[32mok  \033[0m" : "ok  ";
    case Finding::Health::kWarning: return colour ? "\033[33mwarn\033[0m" : "warn";
    case Finding::Health::kBad: return colour ? "\033[31mBAD \033[0m" : "BAD ";
  }
  return "";
}

std::string_view word(Finding::Health health) {
  switch (health) {
    case Finding::Health::kGood: return "good";
    case Finding::Health::kWarning: return "warning";
    case Finding::Health::kBad: return "bad";
  }
  return "";
}

}  // namespace

void add_doctor(CLI::App& parley, const CommonOptions& common, int& status) {
  auto json = std::make_shared<bool>(false);
  CLI::App* command =
      parley.add_subcommand("doctor", "Examine whether calls can be translated here, and say what to do if not");
  command->add_flag("--json", *json, "Findings as JSON");
  command->footer("Exit status: 0 when nothing is bad, 1 otherwise. Warnings do not count.");
  command->callback([json, &common, &status] {
    const auto settings = common.settings();
    if (!settings) {
      status = complain(settings.error());
      return;
    }
    const bool colour = isatty(STDOUT_FILENO) != 0;
    auto findings = nlohmann::ordered_json::array();
    examine(*settings, [&](const Finding& finding) {
      if (finding.health == Finding::Health::kBad) status = EXIT_FAILURE;
      if (*json) {
        findings.push_back({{"name", finding.name},
                            {"health", word(finding.health)},
                            {"detail", finding.detail},
                            {"advice", finding.advice}});
        return;
      }
      std::cout << fmt::format("{} {:<28} {}\n", mark(finding.health, colour), finding.name, finding.detail);
      if (!finding.advice.empty()) std::cout << fmt::format("     {:<28} → {}\n", "", finding.advice);
      std::cout << std::flush;
    });
    if (*json) std::cout << findings.dump(2) << "\n";
  });
}

}  // namespace parley::app
