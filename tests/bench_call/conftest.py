# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of calls judged itself: on synthetic calls whose every delay is known. No call is made."""
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE), str(SOURCE / "tests")]
sys.dont_write_bytecode = True
