// SPDX-License-Identifier: GPL-3.0-or-later
#include <spdlog/spdlog.h>

#include "telemetry/ledger.h"
#include "telemetry/line_writer.h"
#include "telemetry/lost_utterances.h"

namespace parley::telemetry {

using Worth = LineWriter::Worth;

Result<std::shared_ptr<JsonLinesSink>> JsonLinesSink::open(const std::filesystem::path& file, Partials partials,
                                                           Health* health) {
  const auto lost = lost_utterances_of(file);
  auto writer = LineWriter::open(file, health, {});
  if (!writer) return std::unexpected(writer.error());
  for (const auto& record : lost) (*writer)->write(to_json(record, "utterance"), Worth::kKept);
  if (!lost.empty())
    spdlog::warn("ledger file {}: {} of the last utterances were lost, for parleyd ended", file.string(), lost.size());
  return std::shared_ptr<JsonLinesSink>(new JsonLinesSink(std::move(*writer), partials));
}

JsonLinesSink::JsonLinesSink(std::unique_ptr<LineWriter> writer, Partials partials)
    : writer_(std::move(writer)), partials_(partials) {}

JsonLinesSink::~JsonLinesSink() = default;

void JsonLinesSink::on_begun(const UtteranceRecord& record) { writer_->write(begun_to_json(record), Worth::kKept); }

void JsonLinesSink::on_partial(const UtteranceRecord& record) {
  if (partials_ == Partials::kWritten) writer_->write(partial_to_json(record), Worth::kDroppedFirst);
}

void JsonLinesSink::on_caption(const UtteranceRecord& record) {
  writer_->write(to_json(record, "caption"), Worth::kDroppedFirst);
}

void JsonLinesSink::on_utterance(const UtteranceRecord& record) {
  writer_->write(to_json(record, "utterance"), Worth::kKept);
}

bool JsonLinesSink::flush(milliseconds limit) { return writer_->flush(limit); }

}  // namespace parley::telemetry
