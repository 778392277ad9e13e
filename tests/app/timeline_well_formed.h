// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace parley::app {

/// What is wrong with a piece of XML without comments, CDATA and processing instructions: elements that do not nest,
/// bare
/// "<" and "&", attributes without quotes, characters that XML 1.0 does not have. Empty: nothing.
inline std::string flaw_of(std::string_view xml) {
  std::vector<std::string> open;
  const auto at = [&](std::size_t position) { return std::string(xml.substr(position, 60)); };
  for (std::size_t i = 0; i < xml.size(); ++i) {
    const auto c = static_cast<unsigned char>(xml[i]);
    if (c < 0x20 && c != '\n' && c != '\t') return "control character at: " + at(i);
    if (c == '&') {
      const auto entity = xml.substr(i + 1, xml.substr(i + 1, 6).find(';'));
      if (entity != "amp" && entity != "lt" && entity != "gt" && entity != "quot") return "bare & at: " + at(i);
    }
    if (c == '>') return "bare > at: " + at(i);
    if (c != '<') continue;
    const std::size_t end = xml.find('>', i);
    if (end == std::string_view::npos) return "open tag at: " + at(i);
    const auto tag = xml.substr(i + 1, end - i - 1);
    if (tag.find('<') != std::string_view::npos) return "bare < at: " + at(i);
    if (tag.starts_with('/')) {
      if (open.empty() || open.back() != tag.substr(1)) return "closes what is not open: " + at(i);
      open.pop_back();
    } else if (!tag.ends_with('/')) {
      open.push_back(std::string(tag.substr(0, tag.find(' '))));
      if (open.size() == 1 && i > 0) return "two roots: " + at(i);
    }
    std::size_t quotes = 0;
    for (const char each : tag) quotes += each == '"' ? 1 : 0;
    if (quotes % 2 != 0) return "quotes at: " + at(i);
    i = end;
  }
  return open.empty() ? "" : "not closed: " + open.back();
}

}  // namespace parley::app
