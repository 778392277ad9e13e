# SPDX-License-Identifier: GPL-3.0-or-later
#
# The two inference runtimes, as imported targets:
#
#   onnxruntime::onnxruntime   ONNX Runtime, C and C++ API
#   ctranslate2::ctranslate2   CTranslate2, C++ API
#
# `make setup` puts both into the cache (setup/manifest.toml says which versions and from where). To build against another
# copy, name its directory, which holds include/ and lib/:
#
#   cmake --preset release -DPARLEY_ONNXRUNTIME_ROOT=/opt/onnxruntime -DPARLEY_CTRANSLATE2_ROOT=/usr

include(${CMAKE_CURRENT_LIST_DIR}/cache.cmake)

set(PARLEY_ONNXRUNTIME_ROOT "" CACHE PATH "ONNX Runtime to build against; empty: the one set-up fetched")
set(PARLEY_CTRANSLATE2_ROOT "" CACHE PATH "CTranslate2 to build against; empty: the one set-up fetched")

# _parley_runtime(onnxruntime HEADER onnxruntime_cxx_api.h ROOT dir)
function(_parley_runtime name)
  cmake_parse_arguments(R "" "HEADER;ROOT" "" ${ARGN})
  if(R_ROOT)
    set(root "${R_ROOT}")
    set(advice "correct the path given for it")
  else()
    set(root "${PARLEY_CACHE_DIR}/runtimes/${name}")
    set(advice "run `make setup`")
  endif()

  find_path(_${name}_include NAMES ${R_HEADER} PATHS "${root}/include" PATH_SUFFIXES . ${name} NO_DEFAULT_PATH NO_CACHE)
  find_library(_${name}_library NAMES ${name} PATHS "${root}/lib" "${root}/lib64" "${root}/lib/${CMAKE_LIBRARY_ARCHITECTURE}"
    NO_DEFAULT_PATH NO_CACHE)
  if(NOT _${name}_include OR NOT _${name}_library)
    message(FATAL_ERROR "${name} is not complete in ${root} (looked for include/${R_HEADER} and lib/lib${name}.so): ${advice}")
  endif()

  add_library(${name}::${name} SHARED IMPORTED GLOBAL)
  set_target_properties(${name}::${name} PROPERTIES
    IMPORTED_LOCATION "${_${name}_library}"
    INTERFACE_INCLUDE_DIRECTORIES "${_${name}_include}")
  message(STATUS "${name}: ${_${name}_library}")
endfunction()

_parley_runtime(onnxruntime HEADER onnxruntime_cxx_api.h ROOT "${PARLEY_ONNXRUNTIME_ROOT}")
_parley_runtime(ctranslate2 HEADER ctranslate2/models/whisper.h ROOT "${PARLEY_CTRANSLATE2_ROOT}")
