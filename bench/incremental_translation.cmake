add_executable(bench_incremental_translation ${CMAKE_CURRENT_LIST_DIR}/incremental_translation.cpp ${CMAKE_CURRENT_LIST_DIR}/simulated_hearing.cpp
  ${CMAKE_CURRENT_LIST_DIR}/chrf.cpp ${CMAKE_CURRENT_LIST_DIR}/results.cpp)
target_compile_definitions(bench_incremental_translation PRIVATE PARLEY_BENCH_DATA="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(bench_incremental_translation PRIVATE parley::translation nlohmann_json::nlohmann_json)
