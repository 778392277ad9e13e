add_executable(bench_phrase_joins
  ${CMAKE_CURRENT_LIST_DIR}/phrase_joins.cpp
  ${CMAKE_CURRENT_LIST_DIR}/pitch.cpp
  ${CMAKE_CURRENT_LIST_DIR}/results.cpp
  ${CMAKE_CURRENT_LIST_DIR}/word_errors.cpp)
target_compile_definitions(bench_phrase_joins PRIVATE PARLEY_BENCH_DATA="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(bench_phrase_joins PRIVATE parley::synthesis parley::recognition parley::audio nlohmann_json::nlohmann_json)
