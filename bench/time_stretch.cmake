add_executable(bench_time_stretch
  ${CMAKE_CURRENT_LIST_DIR}/time_stretch.cpp
  ${CMAKE_CURRENT_LIST_DIR}/pitch.cpp
  ${CMAKE_CURRENT_LIST_DIR}/results.cpp
  ${CMAKE_CURRENT_LIST_DIR}/word_errors.cpp)
target_compile_definitions(bench_time_stretch PRIVATE PARLEY_BENCH_DATA="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(bench_time_stretch
  PRIVATE parley::synthesis parley::recognition parley::audio nlohmann_json::nlohmann_json)
