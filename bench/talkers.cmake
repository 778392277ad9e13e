add_executable(bench_talkers
  ${CMAKE_CURRENT_LIST_DIR}/talkers.cpp
  ${CMAKE_CURRENT_LIST_DIR}/results.cpp
  ${CMAKE_CURRENT_LIST_DIR}/telephone_phrases.cpp)
target_compile_definitions(bench_talkers PRIVATE PARLEY_BENCH_DATA="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(bench_talkers PRIVATE parley::call parley::synthesis nlohmann_json::nlohmann_json)
