# How our own code is compiled. Nothing here reaches a program that links stint:
# all of it is PRIVATE to our targets, except the sanitizers, which only work
# when everything in the program has them.

if(STINT_SANITIZE)
  if(NOT PROJECT_IS_TOP_LEVEL)
    message(FATAL_ERROR "STINT_SANITIZE is for stint's own builds; set CMAKE_CXX_FLAGS in yours")
  endif()
  add_compile_options(-fsanitize=${STINT_SANITIZE} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${STINT_SANITIZE})
  # Tests that count in thousands may count lower where each step costs ten times.
  add_compile_definitions(STINT_SANITIZED=1)
  if(STINT_SANITIZE MATCHES "undefined")
    # A report that does not end the program would be a test that passes.
    add_compile_options(-fno-sanitize-recover=all)
    # CAF is found uninstrumented in this build. Its classes then have no type
    # information to check against, so the vptr check could only misreport.
    add_compile_options(-fno-sanitize=vptr)
  endif()
endif()

if(PROJECT_IS_TOP_LEVEL)
  set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
  set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)
  find_program(STINT_CCACHE ccache)
  if(STINT_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # With precompiled headers ccache gives up unless told that macros defined
    # in them are covered by their hash (ccache's manual, "Precompiled headers").
    set(CMAKE_CXX_COMPILER_LAUNCHER
      env CCACHE_SLOPPINESS=pch_defines,time_macros ${STINT_CCACHE})
  endif()
endif()

# Applies our warnings, language level and hardening to one of our targets. With
# CHECKED also the standard library's own checks. They are for code without CAF:
# to spawn a lambda, CAF 0.17.6 binds a reference to what an empty shared_ptr
# points to (detail/init_fun_factory.hpp). It never reads it, but these checks and
# UBSan's null check end the program. Where they are off, a null pointer that is
# really used still crashes.
function(stint_flags target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "CHECKED" "" "")
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    target_compile_features(${target} INTERFACE cxx_std_20)
    return()
  endif()
  target_compile_features(${target} PUBLIC cxx_std_20)
  set_target_properties(${target} PROPERTIES CXX_EXTENSIONS OFF)
  # GCC 12 warns wrongly about "literal" + std::string (its bug 105329).
  target_compile_options(${target} PRIVATE -Wall -Wextra -Wpedantic $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
  if(arg_CHECKED AND STINT_HARDENING)
    target_compile_definitions(${target} PRIVATE _GLIBCXX_ASSERTIONS)
  elseif(NOT arg_CHECKED AND STINT_SANITIZE MATCHES "undefined")
    target_compile_options(${target} PRIVATE -fno-sanitize=null)
  endif()
  # Sanitizers make GCC see uninitialized values that are not there (its manual, -fsanitize, advises against -Werror
  # with them); the same files pass with -Werror in the ordinary build.
  if(STINT_SANITIZE)
    target_compile_options(${target} PRIVATE -Wno-maybe-uninitialized)
  elseif(STINT_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(STINT_PCH AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE -fpch-preprocess) # wanted by ccache
  endif()
  # _FORTIFY_SOURCE needs an optimizer and hides errors from the sanitizers.
  if(STINT_HARDENING AND NOT STINT_SANITIZE)
    set(release "$<CONFIG:Release,RelWithDebInfo>")
    target_compile_options(${target} PRIVATE
      "$<${release}:-fstack-protector-strong;-fstack-clash-protection>"
      "$<${release}:-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2>")
    if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
      target_compile_options(${target} PRIVATE "$<${release}:-fcf-protection>")
    endif()
    if(type STREQUAL "EXECUTABLE")
      target_link_options(${target} PRIVATE "$<${release}:-Wl,-z,relro,-z,now>")
    endif()
  endif()
endfunction()
