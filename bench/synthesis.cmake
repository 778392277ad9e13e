add_executable(bench_synthesis ${CMAKE_CURRENT_LIST_DIR}/synthesis.cpp)
target_link_libraries(bench_synthesis PRIVATE parley::synthesis parley::audio nlohmann_json::nlohmann_json)

add_executable(bench_transcribe_back ${CMAKE_CURRENT_LIST_DIR}/transcribe_back.cpp ${CMAKE_CURRENT_LIST_DIR}/word_errors.cpp)
target_compile_definitions(bench_transcribe_back PRIVATE PARLEY_BENCH_DATA="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(bench_transcribe_back
  PRIVATE parley::synthesis parley::recognition parley::audio nlohmann_json::nlohmann_json)
