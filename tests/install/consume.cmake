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

# What is left out of a package that is asked for as a whole is said, unless quiet.
file(GLOB_RECURSE with_sqlite "${WORK}/prefix/stintSqliteTargets.cmake")
if(WAY STREQUAL "installed" AND with_sqlite)
  foreach(quiet OFF ON)
    run("${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/consumer" -B "${WORK}/whole" -G Ninja
      "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_PREFIX_PATH=${prefixes}" -DWAY=whole -DQUIET=${quiet}
      -DCMAKE_DISABLE_FIND_PACKAGE_SQLite3=ON -DCMAKE_DISABLE_FIND_PACKAGE_Boost=ON)
    string(FIND "${printed}" "without SQLite3, stint::sqlite and stint::stint are left out" at)
    if((quiet AND NOT at EQUAL -1) OR (NOT quiet AND at EQUAL -1))
      message(FATAL_ERROR "quiet is ${quiet}, and find_package(stint) printed: ${printed}")
    endif()
  endforeach()
endif()

# A control: a package that would be found without being installed proves nothing.
if(WAY STREQUAL "installed")
  file(READ "${WORK}/build/CMakeCache.txt" cache)
  if(NOT cache MATCHES "stint_DIR:PATH=${WORK}/prefix/")
    message(FATAL_ERROR "another stint was found than the one just installed")
  endif()
endif()
