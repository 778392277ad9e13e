# SPDX-License-Identifier: GPL-3.0-or-later
"""How chaos measures and judges, on calls whose every sound is known. No call is made."""
import sys
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(SOURCE), str(SOURCE / "tests"), str(SOURCE / "tests/bench_call")]
sys.dont_write_bytecode = True
