// SPDX-License-Identifier: GPL-3.0-or-later
#include "translation/marian_dimensions.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <vector>

namespace parley::translation {
namespace {

/// The subset of YAML that Marian writes there: `key: value` and `key:` with `  - value` lines below.
using Settings = std::map<std::string, std::vector<std::string>, std::less<>>;

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\"'");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t\r\"'") - first + 1);
}

Settings read_settings(std::string_view yml) {
  Settings settings;
  std::vector<std::string>* list = nullptr;
  while (!yml.empty()) {
    const auto end = std::min(yml.find('\n'), yml.size());
    const std::string_view line = yml.substr(0, end);
    yml.remove_prefix(std::min(end + 1, yml.size()));
    const auto dash = line.find_first_not_of(' ');
    if (list != nullptr && dash != std::string_view::npos && line[dash] == '-') {
      list->emplace_back(trim(line.substr(dash + 1)));
      continue;
    }
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    list = &settings[std::string(trim(line.substr(0, colon)))];
    if (const auto value = trim(line.substr(colon + 1)); !value.empty()) list->emplace_back(value);
  }
  return settings;
}

/// A setting that changes the graph, and the one value the engine computes. Absent is Marian's default, which is the
/// same.
struct Required {
  std::string_view key;
  std::string_view value;  ///< Empty: an empty string or list.
};

constexpr Required kRequired[] = {
    {"type", "transformer"},
    {"dec-cell", "ssru"},
    {"dec-cell-base-depth", "2"},
    {"dec-cell-high-depth", "1"},
    {"transformer-decoder-autoreg", "rnn"},
    {"transformer-preprocess", ""},
    {"transformer-postprocess", "dan"},
    {"transformer-postprocess-top", ""},
    {"transformer-ffn-activation", "relu"},
    {"transformer-ffn-depth", "2"},
    {"transformer-no-projection", "false"},
    {"transformer-rnn-projection", "false"},
    {"transformer-train-position-embeddings", "false"},
    {"transformer-depth-scaling", "false"},
    {"transformer-pool", "false"},
    {"transformer-tied-layers", ""},
    {"input-types", ""},
    {"lemma-dim-emb", "0"},
    {"right-left", "false"},
    {"ulr", "false"},
};

/// These must be there: their defaults in Marian are another graph.
constexpr std::string_view kNeeded[] = {"type", "dec-cell", "transformer-decoder-autoreg", "transformer-postprocess"};

std::string joined(const std::vector<std::string>& values) {
  std::string text;
  for (const auto& value : values) text += (text.empty() ? "" : ", ") + value;
  return text == "[]" || text == "~" ? std::string() : text;
}

Result<void> check_graph(const Settings& settings, const std::string& file) {
  for (const auto key : kNeeded) {
    if (!settings.contains(key))
      return fail(ErrorCode::kUnsupported, "{}: its configuration does not say {}", file, key);
  }
  for (const auto& [key, value] : kRequired) {
    const auto found = settings.find(key);
    if (found == settings.end() || joined(found->second) == value) continue;
    return fail(ErrorCode::kUnsupported,
                "{} has {} \"{}\"; this engine computes \"{}\" only: use a Firefox Translations student model", file,
                key, joined(found->second), value);
  }
  return {};
}

std::optional<std::size_t> number(const std::string& text, std::size_t most) {
  std::size_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value == 0 || value > most) return std::nullopt;
  return value;
}

struct Size {
  std::string_view key;
  std::size_t MarianDimensions::*member;
  std::size_t most;
};

constexpr Size kSizes[] = {
    {"dim-emb", &MarianDimensions::model, 8192},
    {"transformer-heads", &MarianDimensions::heads, 256},
    {"transformer-dim-ffn", &MarianDimensions::feed_forward, 65536},
    {"enc-depth", &MarianDimensions::encoder_layers, 64},
    {"dec-depth", &MarianDimensions::decoder_layers, 64},
};
constexpr std::size_t kMostWords = 1'000'000;

Result<void> read_vocabularies(const Settings& settings, MarianDimensions& dimensions, const std::string& file) {
  const auto found = settings.find("dim-vocabs");
  const bool two = found != settings.end() && found->second.size() == 2;
  const auto source = two ? number(found->second[0], kMostWords) : std::nullopt;
  const auto target = two ? number(found->second[1], kMostWords) : std::nullopt;
  if (!source || !target)
    return fail(ErrorCode::kInvalid, "{}: its configuration gives no sizes of two vocabularies (dim-vocabs)", file);
  dimensions.source_vocabulary = *source;
  dimensions.target_vocabulary = *target;
  const auto is_true = [&](std::string_view key) {
    const auto value = settings.find(key);
    return value != settings.end() && joined(value->second) == "true";
  };
  dimensions.one_embedding = is_true("tied-embeddings-all");
  if (!dimensions.one_embedding && !is_true("tied-embeddings")) {
    return fail(ErrorCode::kUnsupported,
                "{} has an output layer of its own (neither tied-embeddings nor tied-embeddings-all)", file);
  }
  if (dimensions.one_embedding && *source != *target) {
    return fail(ErrorCode::kInvalid, "{}: one embedding for vocabularies of {} and {} words", file, *source, *target);
  }
  return {};
}

}  // namespace

Result<MarianDimensions> read_dimensions(std::string_view yml, const std::string& file) {
  const Settings settings = read_settings(yml.substr(0, yml.find('\0')));
  if (auto ok = check_graph(settings, file); !ok) return std::unexpected(ok.error());
  MarianDimensions dimensions;
  for (const auto& [key, member, most] : kSizes) {
    const auto found = settings.find(key);
    const auto value =
        found != settings.end() && found->second.size() == 1 ? number(found->second[0], most) : std::nullopt;
    if (!value) return fail(ErrorCode::kInvalid, "{}: its configuration gives no usable {}", file, key);
    dimensions.*member = *value;
  }
  if (dimensions.model % (2 * dimensions.heads) != 0 || dimensions.model < 4) {
    return fail(ErrorCode::kInvalid, "{}: a width of {} does not divide into {} heads", file, dimensions.model,
                dimensions.heads);
  }
  if (auto ok = read_vocabularies(settings, dimensions, file); !ok) return std::unexpected(ok.error());
  return dimensions;
}

}  // namespace parley::translation
