add_executable(bench_load
  ${CMAKE_CURRENT_LIST_DIR}/load.cpp
  ${CMAKE_CURRENT_LIST_DIR}/load_engines.cpp
  ${CMAKE_CURRENT_LIST_DIR}/load_legs.cpp
  ${CMAKE_CURRENT_LIST_DIR}/load_parleyd.cpp
  ${CMAKE_CURRENT_LIST_DIR}/load_server.cpp
  ${CMAKE_CURRENT_LIST_DIR}/load_speech.cpp
  ${CMAKE_CURRENT_LIST_DIR}/load_talkers.cpp
  ${CMAKE_CURRENT_LIST_DIR}/recognition_material.cpp
  ${CMAKE_CURRENT_LIST_DIR}/results.cpp
  ${CMAKE_CURRENT_LIST_DIR}/word_errors.cpp)
target_compile_definitions(bench_load PRIVATE PARLEY_BENCH_DATA="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(bench_load PRIVATE parley::call parley::synthesis parley::telemetry parley::audio nlohmann_json::nlohmann_json)
