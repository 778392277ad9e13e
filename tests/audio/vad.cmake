parley_test(NAME test_endpointer SOURCES endpointer_test.cpp LIBS parley::endpointer LABEL unit)
parley_test(NAME test_vad SOURCES vad_test.cpp LIBS parley::vad parley::audio LABEL engine)
