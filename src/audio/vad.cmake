# Apart from the rest of audio: who does not detect speech does not link the inference runtime.
add_library(parley_endpointer STATIC endpointer.cpp)
target_link_libraries(parley_endpointer PUBLIC parley::base)
add_library(parley::endpointer ALIAS parley_endpointer)

add_library(parley_vad STATIC vad.cpp)
target_link_libraries(parley_vad PUBLIC parley::endpointer parley::base parley::onnx)
add_library(parley::vad ALIAS parley_vad)
