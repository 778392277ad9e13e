# SPDX-License-Identifier: GPL-3.0-or-later
"""All scenarios, in the order in which they run."""

from . import nothing, engines, servers, resources, capacity, wire, hostile  # noqa: F401, I001
