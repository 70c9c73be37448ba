# Builds and runs consumer/ against stint, as an installed package or as a
# subdirectory. Boost is hidden from the first: stint::actors needs CAF alone.
function(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE code OUTPUT_VARIABLE printed ERROR_VARIABLE printed)
  if(NOT code EQUAL 0)
    string(JOIN " " command ${ARGV})
    message(FATAL_ERROR "${command}\nended with ${code}:\n${printed}")
  endif()
  set(printed "${printed}" PARENT_SCOPE)
endfunction()

file(REMOVE_RECURSE "${WORK}/prefix" "${WORK}/build")
set(arguments -DWAY=${WAY})
if(WAY STREQUAL "installed")
  run("${CMAKE_COMMAND}" --install "${STINT_BUILD}" --prefix "${WORK}/prefix")
  list(PREPEND PREFIXES "${WORK}/prefix")
  list(APPEND arguments -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON)
else()
  list(APPEND arguments "-DSTINT_SOURCE=${STINT_SOURCE}" -DSTINT_BUILD_JSON=OFF)
endif()
string(REPLACE ";" "\\;" prefixes "${PREFIXES}")
# Not optimized: it is whether it builds that counts, and it is the slowest of our tests.
run("${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/consumer" -B "${WORK}/build" -G Ninja
  "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}"
  "-DCMAKE_PREFIX_PATH=${prefixes}" ${arguments})
run("${CMAKE_COMMAND}" --build "${WORK}/build" --parallel 2)
run("${WORK}/build/consumer")
if(NOT printed STREQUAL "42 from 2 tasks\n")
  message(FATAL_ERROR "the consumer printed: ${printed}")
endif()

# A control: a package that would be found without being installed proves nothing.
if(WAY STREQUAL "installed")
  file(READ "${WORK}/build/CMakeCache.txt" cache)
  if(NOT cache MATCHES "stint_DIR:PATH=${WORK}/prefix/")
    message(FATAL_ERROR "another stint was found than the one just installed")
  endif()
endif()
