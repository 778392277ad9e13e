add_executable(bench_conv ${CMAKE_CURRENT_LIST_DIR}/conv.cpp)
target_link_libraries(bench_conv PRIVATE parley::kernels nlohmann_json::nlohmann_json)
