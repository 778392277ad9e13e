// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/spdlog.h>

#include "telemetry/ledger.h"

namespace parley::telemetry {

Result<std::shared_ptr<JsonLinesSink>> JsonLinesSink::open(const std::filesystem::path& file, Partials partials) {
  std::ofstream stream(file, std::ios::app);
  if (!stream)
    return fail(ErrorCode::kUnavailable,
                "ledger file {} cannot be opened for writing: check its directory and permissions", file.string());
  return std::shared_ptr<JsonLinesSink>(new JsonLinesSink(file, std::move(stream), partials));
}

JsonLinesSink::JsonLinesSink(std::filesystem::path file, std::ofstream stream, Partials partials)
    : file_(std::move(file)), stream_(std::move(stream)), partials_(partials) {}

void JsonLinesSink::on_partial(const UtteranceRecord& record) {
  if (partials_ == Partials::kWritten) write(partial_to_json(record));
}

void JsonLinesSink::on_caption(const UtteranceRecord& record) { write(to_json(record, "caption")); }

void JsonLinesSink::on_utterance(const UtteranceRecord& record) { write(to_json(record, "utterance")); }

void JsonLinesSink::write(const std::string& line) {
  stream_.clear();
  stream_ << line << std::endl;
  if (!stream_ && !failed_)
    spdlog::error("ledger file {} cannot be written (disk full?): lines are being lost, calls go on", file_.string());
  failed_ = !stream_;
}

}  // namespace parley::telemetry
