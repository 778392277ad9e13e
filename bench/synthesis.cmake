add_executable(bench_synthesis
  ${CMAKE_CURRENT_LIST_DIR}/synthesis.cpp
  ${CMAKE_CURRENT_LIST_DIR}/synthesis_task.cpp
  ${CMAKE_CURRENT_LIST_DIR}/child_process.cpp
  ${CMAKE_CURRENT_LIST_DIR}/piper.cpp
  ${CMAKE_CURRENT_LIST_DIR}/results.cpp
  ${CMAKE_CURRENT_LIST_DIR}/telephone_phrases.cpp)
target_compile_definitions(bench_synthesis
  PRIVATE PARLEY_BENCH_DATA="${CMAKE_CURRENT_LIST_DIR}/data" PARLEY_BENCH_SCRIPTS="${CMAKE_CURRENT_LIST_DIR}")
target_link_libraries(bench_synthesis
  PRIVATE parley::synthesis parley::kernels parley::onnx parley::audio nlohmann_json::nlohmann_json)

add_executable(bench_transcribe_back ${CMAKE_CURRENT_LIST_DIR}/transcribe_back.cpp ${CMAKE_CURRENT_LIST_DIR}/word_errors.cpp)
target_compile_definitions(bench_transcribe_back PRIVATE PARLEY_BENCH_DATA="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(bench_transcribe_back
  PRIVATE parley::synthesis parley::recognition parley::audio nlohmann_json::nlohmann_json)
