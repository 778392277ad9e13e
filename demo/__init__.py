# SPDX-License-Identifier: GPL-3.0-or-later
"""The demonstration: two phones, a real Asterisk and parleyd hold a scripted conversation in two languages. Run: scripts/demo."""


class DemoError(Exception):
    """Something is missing or broke. The message says what, and where to look."""
