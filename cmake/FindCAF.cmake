# Finds CAF as imported targets CAF::core, CAF::io, CAF::openssl, CAF::test, whatever its generation:
# upstream since 0.18 installs CAFConfig.cmake, Debian's 0.17 (libcaf-dev)
# headers and libraries only. Sets CAF_VERSION_STRING.
set(_caf_components ${CAF_FIND_COMPONENTS})
if(NOT _caf_components)
  set(_caf_components core)
endif()
find_package(Threads QUIET)
# CAFConfig.cmake refers to OpenSSL::SSL without finding it.
find_package(OpenSSL QUIET)
# The first headers on the search path decide, so that CMAKE_PREFIX_PATH can also
# name a 0.17: a search for CAFConfig.cmake alone would pass over it, and take any
# /opt/caf* instead.
find_path(CAF_INCLUDE_DIR caf/config.hpp)
mark_as_advanced(CAF_INCLUDE_DIR)
# Ask find_package(CAF) without a version: it would be handed on to these lines.
if(CAF_INCLUDE_DIR AND NOT CAF_DIR)
  get_filename_component(_caf_prefix "${CAF_INCLUDE_DIR}" DIRECTORY)
  find_package(CAF CONFIG QUIET PATHS "${_caf_prefix}" NO_DEFAULT_PATH)
else()
  find_package(CAF CONFIG QUIET)
endif()
if(CAF_CONFIG)
  set(CAF_VERSION_STRING "${CAF_VERSION}")
else()
  if(CAF_INCLUDE_DIR)
    # 0.17 writes it as one number: 1706.
    file(STRINGS "${CAF_INCLUDE_DIR}/caf/config.hpp" _caf_line REGEX "#define CAF_VERSION [0-9]+")
    string(REGEX MATCH "[0-9]+" _caf_number "${_caf_line}")
    if(_caf_number)
      math(EXPR _caf_major "${_caf_number} / 10000")
      math(EXPR _caf_minor "(${_caf_number} / 100) % 100")
      math(EXPR _caf_patch "${_caf_number} % 100")
      set(CAF_VERSION_STRING "${_caf_major}.${_caf_minor}.${_caf_patch}")
    endif()
  endif()
  find_library(CAF_core_LIBRARY NAMES caf_core caf_core_static)
  # The others from beside it: two CAFs in one program would be two actor systems' worth of types.
  get_filename_component(_caf_libraries "${CAF_core_LIBRARY}" DIRECTORY)
  foreach(_caf_c IN LISTS _caf_components)
    find_library(CAF_${_caf_c}_LIBRARY NAMES caf_${_caf_c} caf_${_caf_c}_static
      PATHS "${_caf_libraries}" NO_DEFAULT_PATH)
    mark_as_advanced(CAF_${_caf_c}_LIBRARY)
    if(CAF_${_caf_c}_LIBRARY AND CAF_INCLUDE_DIR AND NOT TARGET CAF::${_caf_c})
      add_library(CAF::${_caf_c} UNKNOWN IMPORTED)
      set_target_properties(CAF::${_caf_c} PROPERTIES
        IMPORTED_LOCATION "${CAF_${_caf_c}_LIBRARY}"
        INTERFACE_INCLUDE_DIRECTORIES "${CAF_INCLUDE_DIR}"
        INTERFACE_LINK_LIBRARIES Threads::Threads)
    endif()
  endforeach()
endif()
foreach(_caf_c IN LISTS _caf_components)
  if(TARGET CAF::${_caf_c})
    set(CAF_${_caf_c}_FOUND TRUE)
  endif()
endforeach()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CAF REQUIRED_VARS CAF_VERSION_STRING
  VERSION_VAR CAF_VERSION_STRING HANDLE_COMPONENTS)
