stint_test(seed_test
  SOURCES behaviour_test.cpp seed_claims_test.cpp defects_admission_test.cpp defects_life_test.cpp defects_more_test.cpp
  LINK stint::actors CAF)
