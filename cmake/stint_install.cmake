# Package config, so that find_package(stint) works on the installed tree. Two
# export sets: without Boost on the machine stint::core and stint::actors still load.
include(CMakePackageConfigHelpers)
set(dir "${CMAKE_INSTALL_LIBDIR}/cmake/stint")
configure_package_config_file("${PROJECT_SOURCE_DIR}/cmake/stintConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/stintConfig.cmake" INSTALL_DESTINATION "${dir}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/stintConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES
  "${PROJECT_BINARY_DIR}/stintConfig.cmake"
  "${PROJECT_BINARY_DIR}/stintConfigVersion.cmake"
  "${PROJECT_SOURCE_DIR}/cmake/FindCAF.cmake"
  DESTINATION "${dir}")
install(EXPORT stintTargets NAMESPACE stint:: DESTINATION "${dir}")
if(STINT_BUILD_SQLITE)
  install(EXPORT stintSqliteTargets NAMESPACE stint:: DESTINATION "${dir}")
endif()
if(TARGET stint_nodes)
  install(EXPORT stintNodesTargets NAMESPACE stint:: DESTINATION "${dir}")
endif()
if(STINT_BUILD_JSON)
  install(EXPORT stintJsonTargets NAMESPACE stint:: DESTINATION "${dir}")
endif()
