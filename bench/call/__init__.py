# SPDX-License-Identifier: GPL-3.0-or-later
"""`make bench-call`: a scripted telephone call through baresip, Asterisk and parleyd, its lags measured in what both sides heard.
Run: scripts/bench-call. How it is measured: docs/bench-call.md."""
