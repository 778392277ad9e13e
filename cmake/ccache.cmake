# SPDX-License-Identifier: GPL-3.0-or-later
#
# Compiles through ccache where there is one; its files lie in parley's cache, so that a fresh clone builds quickly too.
# The presets include this at project().

find_program(PARLEY_CCACHE ccache)
if(PARLEY_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  include(${CMAKE_CURRENT_LIST_DIR}/cache.cmake)
  set(_launcher ${CMAKE_COMMAND} -E env CCACHE_DIR=${PARLEY_CACHE_DIR}/ccache CCACHE_BASEDIR=${CMAKE_SOURCE_DIR}
    CCACHE_NOHASHDIR=1 CCACHE_MAXSIZE=2G ${PARLEY_CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${_launcher})
  set(CMAKE_CXX_COMPILER_LAUNCHER ${_launcher})
endif()
