add_executable(translate_text ${CMAKE_CURRENT_LIST_DIR}/translate_text.cpp)
target_link_libraries(translate_text PRIVATE parley::translation fmt::fmt)
