# bench/voice_quality.py runs it.
add_executable(render_voices ${CMAKE_CURRENT_LIST_DIR}/render_voices.cpp)
target_link_libraries(render_voices
  PRIVATE parley::synthesis parley::onnx parley::kernels nlohmann_json::nlohmann_json)
