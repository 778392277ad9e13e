// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string_view>

namespace parley::app {

/// How a timeline looks. Texts are written over the bars, so that bars are pale on light and deep on dark ground.
/// Classes and no CSS variables, which some viewers of SVG do not know.
inline constexpr std::string_view kTimelineStyle = R"svg(<style>
svg { font-family: "Noto Sans", "DejaVu Sans", "Segoe UI", system-ui, sans-serif; }
text { fill: #1b1f24; unicode-bidi: plaintext; }
.ground { fill: #ffffff; }
.panel { fill: #f6f7f9; }
.title { font-size: 19px; font-weight: 600; }
.summary { font-size: 12.5px; fill: #3d444d; }
.legend { font-size: 11.5px; }
.heading { font-size: 12px; font-weight: 600; }
.lane { font-size: 10.5px; fill: #5b636d; text-anchor: end; }
.clock { font-size: 10.5px; fill: #5b636d; text-anchor: middle; }
.grid { stroke: #dfe3e8; stroke-width: 1; fill: none; }
.guide { stroke: #b4235a; stroke-width: 1; stroke-dasharray: 1.5 2.5; fill: none; }
.speech { fill: #a9cdf5; }
.pausing { fill: #dcebfb; }
.wait { fill: #f6f7f9; fill-opacity: .5; stroke: #7d8590; stroke-width: 1; stroke-dasharray: 3 2; }
.partial { fill: #fbe7a8; }
.recognition { fill: #efb92b; }
.translation { fill: #a06be0; }
.commit { stroke: #7433c8; stroke-width: 1.6; fill: #7433c8; }
.synthesis { fill: #f08d49; }
.playout { fill: #a8e0b4; }
.hurried { fill: #5fc979; }
.original { fill: #d5d9de; }
.wasted { fill: #b9bfc7; }
.speculative { fill: url(#parley-hatch); }
.hatch { stroke: #1b1f24; stroke-opacity: .55; stroke-width: 1.2; }
.pause { stroke: #b4235a; stroke-width: 1.6; fill: #b4235a; }
.failed { stroke: #c62828; stroke-width: 1.6; fill: #c62828; }
.on-pause { fill: #b4235a; font-weight: 600; }
.on-failed { fill: #c62828; font-weight: 600; }
.on-remark, .on-tempo, .on-partial, .on-recognition { fill: #4a525c; }
.on-commit { fill: #5b21a6; }
@media (prefers-color-scheme: dark) {
text { fill: #e6e9ed; }
.ground { fill: #14171b; }
.panel { fill: #1c2026; }
.summary { fill: #b3bac3; }
.lane, .clock { fill: #929aa5; }
.grid { stroke: #30363e; }
.guide { stroke: #ff7aa8; }
.speech { fill: #2a5a91; }
.pausing { fill: #22364e; }
.wait { fill: #1c2026; stroke: #8a929d; }
.partial { fill: #5a4a1a; }
.recognition { fill: #9a7412; }
.translation { fill: #9a6be0; }
.commit { stroke: #b58cf2; fill: #b58cf2; }
.synthesis { fill: #b9622a; }
.playout { fill: #235c34; }
.hurried { fill: #2f8a4a; }
.original { fill: #454c55; }
.wasted { fill: #565d67; }
.hatch { stroke: #e6e9ed; stroke-opacity: .6; }
.pause { stroke: #ff7aa8; fill: #ff7aa8; }
.failed { stroke: #ff6b6b; fill: #ff6b6b; }
.on-pause { fill: #ff7aa8; }
.on-failed { fill: #ff6b6b; }
.on-remark, .on-tempo, .on-partial, .on-recognition { fill: #c9ced6; }
.on-commit { fill: #cbb0f7; }
}
</style>
<defs><pattern id="parley-hatch" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
<path class="hatch" d="M1 0V4"/></pattern></defs>
)svg";

}  // namespace parley::app
