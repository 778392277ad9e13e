add_executable(bench_vad ${CMAKE_CURRENT_LIST_DIR}/vad.cpp)
target_link_libraries(bench_vad PRIVATE parley::vad parley::audio nlohmann_json::nlohmann_json)
