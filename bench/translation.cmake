add_executable(bench_translation ${CMAKE_CURRENT_LIST_DIR}/translation.cpp)
target_compile_definitions(bench_translation PRIVATE PARLEY_GOLDEN_DATA="${CMAKE_CURRENT_LIST_DIR}/../tests/data/translation")
target_link_libraries(bench_translation PRIVATE parley::translation nlohmann_json::nlohmann_json)
