// SPDX-License-Identifier: GPL-3.0-or-later
#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "media/external_media_protocol.h"

namespace parley::media::external_media {
namespace {

using nlohmann::json;

bool is_control(char c) { return std::iscntrl(static_cast<unsigned char>(c)) != 0; }

/// A member that may be missing, as may everything that Asterisk does not know.
Result<std::string> text(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end()) return std::string();
  if (!found->is_string()) return fail(ErrorCode::kInvalid, "hello: {} is no string", member);
  return found->get<std::string>();
}

/// A name that other things are found by.
Result<std::string> identifier(const json& object, const char* member) {
  Result<std::string> value = text(object, member);
  if (value && std::any_of(value->begin(), value->end(), is_control)) {
    return fail(ErrorCode::kInvalid, "hello: {} has control characters in it", member);
  }
  return value;
}

Result<std::string> required_identifier(const json& object, const char* member) {
  Result<std::string> value = identifier(object, member);
  if (value && value->empty()) return fail(ErrorCode::kInvalid, "hello: {} is missing", member);
  return value;
}

/// What a caller may choose freely; it ends up in logs and on screens.
Result<std::string> caller_text(const json& caller, const char* member) {
  Result<std::string> value = text(caller, member);
  if (value) std::replace_if(value->begin(), value->end(), is_control, ' ');
  return value;
}

/// A BCP 47 tag, of which the language itself counts; empty stays empty.
Result<Language> language(const json& object, const char* member) {
  const Result<std::string> tag = text(object, member);
  if (!tag) return std::unexpected(tag.error());
  if (tag->empty()) return Language();
  Result<Language> parsed = Language::parse(std::string_view(*tag).substr(0, tag->find_first_of("-_")));
  if (!parsed) return fail(ErrorCode::kInvalid, "hello: {}: {}", member, parsed.error().message);
  return parsed;
}

Result<int> count(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end()) return 0;
  if (!found->is_number_integer() || *found < 0 || *found > 1'000'000)
    return fail(ErrorCode::kInvalid, "hello: {} is no count", member);
  return found->get<int>();
}

Result<void> check_version(const json& hello) {
  const auto found = hello.find("protocol");
  if (found == hello.end()) return fail(ErrorCode::kInvalid, "hello: protocol is missing");
  if (!found->is_number_integer()) return fail(ErrorCode::kInvalid, "hello: protocol is no whole number");
  if (*found != kVersion) {
    return fail(ErrorCode::kUnsupported,
                "hello: protocol {}, but this server speaks {}: install chan_externalmedia and parleyd of one release",
                found->dump(), kVersion);
  }
  return {};
}

Result<void> check_codec(const json& hello) {
  const Result<std::string> codec = text(hello, "codec");
  if (!codec) return std::unexpected(codec.error());
  if (!codec->empty() && *codec != "slin16")
    return fail(ErrorCode::kUnsupported, "hello: codec \"{}\"; only slin16 is spoken here", codec->substr(0, 32));
  return {};
}

/// Moves a result's value into its place; the first error is kept.
template <typename T>
void take(Result<void>& outcome, Result<T> value, T& place) {
  if (!outcome) return;
  if (value) {
    place = *std::move(value);
  } else {
    outcome = std::unexpected(std::move(value).error());
  }
}

}  // namespace

Result<LegInfo> parse_hello(std::span<const std::byte> payload) {
  const auto* const begin = reinterpret_cast<const char*>(payload.data());
  const json hello = json::parse(begin, begin + payload.size(), nullptr, /*allow_exceptions=*/false);
  if (hello.is_discarded()) return fail(ErrorCode::kInvalid, "hello: this is not JSON in UTF-8");
  if (!hello.is_object()) return fail(ErrorCode::kInvalid, "hello: this is no JSON object but {}", hello.type_name());
  const json caller = hello.value("caller", json::object());
  if (!caller.is_object()) return fail(ErrorCode::kInvalid, "hello: caller is no object");

  LegInfo info;
  Result<void> outcome = check_version(hello);
  if (outcome) outcome = check_codec(hello);
  take(outcome, required_identifier(hello, "channel"), info.channel);
  take(outcome, required_identifier(hello, "session"), info.session);
  take(outcome, identifier(hello, "leg"), info.leg);
  take(outcome, caller_text(caller, "number"), info.caller_number);
  take(outcome, caller_text(caller, "name"), info.caller_name);
  take(outcome, language(hello, "speaks"), info.speaks);
  take(outcome, language(hello, "hears"), info.hears);
  take(outcome, count(hello, "reconnect"), info.reconnect);
  if (!outcome) return std::unexpected(std::move(outcome).error());
  if (info.leg.empty()) info.leg = info.channel;
  return info;
}

}  // namespace parley::media::external_media
