# SPDX-License-Identifier: GPL-3.0-or-later
#
# PARLEY_CACHE_DIR: where set-up keeps what it fetched and built, as src/base/paths.h and scripts/setup/files.py have it.

if(NOT PARLEY_CACHE_DIR)
  if(NOT "$ENV{PARLEY_CACHE}" STREQUAL "")
    set(PARLEY_CACHE_DIR "$ENV{PARLEY_CACHE}")
  elseif(NOT "$ENV{XDG_CACHE_HOME}" STREQUAL "")
    set(PARLEY_CACHE_DIR "$ENV{XDG_CACHE_HOME}/parley")
  else()
    set(PARLEY_CACHE_DIR "$ENV{HOME}/.cache/parley")
  endif()
endif()
