# The functions with which folders declare their targets. Each takes
# explicit lists of files, so that a diff shows how the public surface grows.

# stint_pch(TARGET): compile TARGET with CAF's headers precompiled, shared by
# all that ask. CAF's headers cost 2.3 s per file, most of our build.
function(stint_pch target)
  if(NOT STINT_PCH OR NOT TARGET stint_pch_caf)
    return()
  endif()
  target_precompile_headers(${target} REUSE_FROM stint_pch_caf)
endfunction()

# stint_library(stint_core
#   ALIAS core              # stint::core, in the tree and installed
#   SOURCES ...             # none: a header-only target
#   HEADERS ...             # public, installed, each compiled alone
#   PRIVATE_HEADERS ...     # under detail/, not installed
#   DEPENDS ...             # public link dependencies
#   [CAF] [EXPORT set]      # CAF: includes CAF, so precompile it
#   [PLANTED])              # for tests, also stint_core_planted; see below
# Without any file it still makes an empty target, so that others can link it.
function(stint_library name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "CAF;PLANTED" "ALIAS;EXPORT"
    "SOURCES;HEADERS;PRIVATE_HEADERS;DEPENDS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "stint_library(${name}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(arg_PLANTED AND STINT_BUILD_TESTS)
    stint_planted()
  endif()
  if(arg_SOURCES)
    set(scope PUBLIC)
    add_library(${name} STATIC ${arg_SOURCES})
    if(arg_PRIVATE_HEADERS)
      target_sources(${name} PRIVATE ${arg_PRIVATE_HEADERS})
    endif()
  else()
    set(scope INTERFACE)
    add_library(${name} INTERFACE)
  endif()
  add_library(stint::${arg_ALIAS} ALIAS ${name})
  set_target_properties(${name} PROPERTIES EXPORT_NAME ${arg_ALIAS})
  # The folder is the include root also while it lists no header yet.
  target_include_directories(${name} ${scope}
    "$<BUILD_INTERFACE:${CMAKE_CURRENT_SOURCE_DIR}>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
  target_sources(${name} ${scope} FILE_SET HEADERS
    BASE_DIRS "${CMAKE_CURRENT_SOURCE_DIR}" FILES ${arg_HEADERS})
  target_link_libraries(${name} ${scope} ${arg_DEPENDS})
  if(arg_CAF)
    stint_flags(${name})
    if(arg_SOURCES)
      stint_pch(${name})
    endif()
  else()
    stint_flags(${name} CHECKED)
  endif()
  if(STINT_INSTALL)
    if(NOT arg_EXPORT)
      set(arg_EXPORT stintTargets)
    endif()
    install(TARGETS ${name} EXPORT ${arg_EXPORT}
      ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}"
      FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
  endif()
endfunction()

# The same library with the bugs of core/stint/plant.hpp compiled in, each asleep
# until a test wakes it. A program links either a library and all below it, or
# its planted twin and theirs; both at once would define everything twice. Built
# only when a test links it. Called by stint_library, whose variables it reads.
function(stint_planted)
  set(twin ${name}_planted)
  set(depends)
  foreach(target IN LISTS arg_DEPENDS)
    if(TARGET ${target}_planted)
      list(APPEND depends ${target}_planted)
    else()
      list(APPEND depends ${target})
    endif()
  endforeach()
  if(arg_SOURCES)
    set(scope PUBLIC)
    add_library(${twin} STATIC EXCLUDE_FROM_ALL ${arg_SOURCES})
  else()
    set(scope INTERFACE)
    add_library(${twin} INTERFACE)
  endif()
  if(arg_SOURCES)
    set_target_properties(${twin} PROPERTIES UNITY_BUILD ON)
  endif()
  target_compile_definitions(${twin} ${scope} STINT_PLANTS=1)
  target_include_directories(${twin} ${scope} "${CMAKE_CURRENT_SOURCE_DIR}")
  target_link_libraries(${twin} ${scope} ${depends})
  if(arg_CAF)
    stint_flags(${twin})
    if(arg_SOURCES)
      stint_pch(${twin})
    endif()
  else()
    stint_flags(${twin} CHECKED)
  endif()
endfunction()

# stint_test(claims_test
#   SOURCES claims_test.cpp
#   LINK stint::core         # what is tested; GoogleTest and its main come along
#   [LABELS fast|slow]       # fast unless said otherwise
#   [TIMEOUT seconds] [ARGS ...] [RAPIDCHECK] [CAF]
#   [ONE_THREAD]             # nothing in it can race, so ./dev race leaves it out
#   [OPTIMIZED]              # it computes for seconds: its own code as fast as stint's
#   [NO_GTEST])              # a program with its own main; exit code 0 passes
# One ctest entry per program: ctest's cost per entry would exceed the tests'.
function(stint_test name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "RAPIDCHECK;CAF;ONE_THREAD;OPTIMIZED;NO_GTEST" "TIMEOUT"
    "SOURCES;LINK;LABELS;ARGS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "stint_test(${name}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT STINT_BUILD_TESTS)
    return()
  endif()
  add_executable(${name} ${arg_SOURCES})
  stint_flags(${name})
  # Several files are compiled as one, most with less optimization: what they include costs more than what they say, and
  # tests are most of the build. GCC then takes a file's fixture for one from a header.
  set_target_properties(${name} PROPERTIES UNITY_BUILD ON
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/tests")
  target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-subobject-linkage>)
  if(NOT arg_OPTIMIZED AND STINT_SANITIZE)
    # The checks make the optimizer's work many times longer. The precompiled header is read as text then.
    target_compile_options(${name} PRIVATE -O0)
    set_target_properties(${name} PROPERTIES PCH_WARN_INVALID OFF)
  elseif(NOT arg_OPTIMIZED)
    target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  endif()
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
  target_link_libraries(${name} PRIVATE ${arg_LINK})
  if(NOT arg_NO_GTEST)
    find_package(GTest REQUIRED)
    target_link_libraries(${name} PRIVATE GTest::gmock GTest::gtest GTest::gtest_main)
  endif()
  if(arg_RAPIDCHECK)
    find_package(rapidcheck REQUIRED)
    target_link_libraries(${name} PRIVATE rapidcheck)
  endif()
  if(arg_CAF)
    stint_pch(${name})
  endif()
  if(arg_ONE_THREAD AND STINT_SANITIZE STREQUAL "thread")
    set_target_properties(${name} PROPERTIES EXCLUDE_FROM_ALL ON)
    return()
  endif()
  if(NOT arg_LABELS)
    set(arg_LABELS fast)
  endif()
  if(NOT arg_TIMEOUT)
    if("slow" IN_LIST arg_LABELS)
      set(arg_TIMEOUT 600)
    else()
      set(arg_TIMEOUT 60)
    endif()
  endif()
  math(EXPR timeout "${arg_TIMEOUT} * ${STINT_TIMEOUT_FACTOR}")
  add_test(NAME ${name} COMMAND ${name} ${arg_ARGS})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${timeout})
  if(NOT arg_NO_GTEST)
    # A skipped test, or a program in which no test ran, is never a pass.
    set_tests_properties(${name} PROPERTIES
      FAIL_REGULAR_EXPRESSION "\\[  SKIPPED \\];Running 0 tests")
  endif()
endfunction()

# stint_example(hello
#   SOURCES hello.cpp
#   [LINK ...]               # stint::stint unless said otherwise
#   [ARGS ...] [EXPECTED hello.out] [LABELS fast|slow] [TIMEOUT seconds])
# Built to <build>/examples/hello. With EXPECTED, a test runs it with ARGS and
# compares what it prints to stdout, line by line.
function(stint_example name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "EXPECTED;TIMEOUT" "SOURCES;LINK;ARGS;LABELS")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "stint_example(${name}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_LINK)
    set(arg_LINK stint::stint)
  endif()
  add_executable(example_${name} ${arg_SOURCES})
  stint_flags(example_${name})
  set_target_properties(example_${name} PROPERTIES
    OUTPUT_NAME ${name} RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/examples")
  target_link_libraries(example_${name} PRIVATE ${arg_LINK})
  stint_pch(example_${name})
  if(arg_EXPECTED AND STINT_BUILD_TESTS)
    if(NOT arg_LABELS)
      set(arg_LABELS fast)
    endif()
    if(NOT arg_TIMEOUT)
      set(arg_TIMEOUT 60)
    endif()
    math(EXPR timeout "${arg_TIMEOUT} * ${STINT_TIMEOUT_FACTOR}")
    add_test(NAME example_${name}
      COMMAND "${CMAKE_COMMAND}" -DEXPECTED=${CMAKE_CURRENT_SOURCE_DIR}/${arg_EXPECTED}
              -P "${PROJECT_SOURCE_DIR}/cmake/compare_output.cmake"
              -- $<TARGET_FILE:example_${name}> ${arg_ARGS})
    set_tests_properties(example_${name} PROPERTIES
      LABELS "${arg_LABELS}" TIMEOUT ${timeout})
  endif()
endfunction()

# stint_bench(claims_bench SOURCES claims_bench.cpp LINK stint::core [CAF])
# Google Benchmark with its main, built to <build>/bench/. ctest runs each once
# and briefly, at a size of a thousand alone, only so that it never rots.
function(stint_bench name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "CAF" "" "SOURCES;LINK")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "stint_bench(${name}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  find_package(benchmark REQUIRED)
  add_executable(${name} ${arg_SOURCES})
  stint_flags(${name})
  set_target_properties(${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  target_link_libraries(${name} PRIVATE ${arg_LINK} benchmark::benchmark benchmark::benchmark_main)
  if(arg_CAF)
    stint_pch(${name})
  endif()
  if(STINT_BUILD_TESTS)
    add_test(NAME ${name} COMMAND ${name} --benchmark_min_time=0.001 "--benchmark_filter=/1000(/|$)")
    math(EXPR timeout "120 * ${STINT_TIMEOUT_FACTOR}")
    set_tests_properties(${name} PROPERTIES LABELS slow TIMEOUT ${timeout})
  endif()
endfunction()

# stint_question(latency [SOURCES latency.cpp] [LINK ...])
# A program of bench/ that answers one question against rivals: built to
# <build>/bench/bench_<name>. ctest runs it with --tiny, so that it never rots:
# that checks results, not times.
function(stint_question name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LINK")
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "stint_question(${name}): unknown ${arg_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT arg_SOURCES)
    set(arg_SOURCES ${name}.cpp)
  endif()
  add_executable(bench_${name} ${arg_SOURCES})
  stint_flags(bench_${name})
  set_target_properties(bench_${name} PROPERTIES
    RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bench")
  target_link_libraries(bench_${name} PRIVATE stint_bench_harness ${arg_LINK})
  stint_pch(bench_${name})
  if(STINT_BUILD_TESTS)
    add_test(NAME bench_${name} COMMAND bench_${name} --tiny)
    math(EXPR timeout "60 * ${STINT_TIMEOUT_FACTOR}")
    set_tests_properties(bench_${name} PROPERTIES LABELS slow TIMEOUT ${timeout})
  endif()
endfunction()

# The one precompiled header. It is compiled like every target that uses it
# (same language level, same flags): GCC refuses it otherwise.
function(stint_make_pch)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/stint_pch_caf.cpp")
  file(CONFIGURE OUTPUT "${source}" CONTENT "// Empty: carries the precompiled header.\n")
  add_library(stint_pch_caf OBJECT "${source}")
  target_link_libraries(stint_pch_caf PRIVATE CAF::core)
  target_precompile_headers(stint_pch_caf PRIVATE
    <caf/all.hpp> <chrono> <functional> <map> <optional> <string> <string_view>
    <tuple> <unordered_map> <utility> <variant> <vector>)
  stint_flags(stint_pch_caf)
endfunction()
