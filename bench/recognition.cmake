add_executable(bench_recognition
  ${CMAKE_CURRENT_LIST_DIR}/recognition.cpp
  ${CMAKE_CURRENT_LIST_DIR}/recognition_material.cpp
  ${CMAKE_CURRENT_LIST_DIR}/word_errors.cpp)
target_compile_definitions(bench_recognition PRIVATE PARLEY_BENCH_DATA="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(bench_recognition
  PRIVATE parley::recognition parley::synthesis parley::audio nlohmann_json::nlohmann_json)

add_executable(bench_incremental_recognition
  ${CMAKE_CURRENT_LIST_DIR}/incremental_recognition.cpp
  ${CMAKE_CURRENT_LIST_DIR}/recognition_material.cpp
  ${CMAKE_CURRENT_LIST_DIR}/results.cpp
  ${CMAKE_CURRENT_LIST_DIR}/word_errors.cpp)
target_compile_definitions(bench_incremental_recognition PRIVATE PARLEY_BENCH_DATA="${CMAKE_CURRENT_LIST_DIR}/data")
target_link_libraries(bench_incremental_recognition
  PRIVATE parley::recognition parley::synthesis parley::audio nlohmann_json::nlohmann_json)
