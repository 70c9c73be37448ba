# stint::stint, the target that links every library there is.
add_library(stint_all INTERFACE)
add_library(stint::stint ALIAS stint_all)
set_target_properties(stint_all PROPERTIES EXPORT_NAME stint)
target_link_libraries(stint_all INTERFACE stint_core stint_store stint_actors stint_json stint_command)
if(STINT_INSTALL)
  install(TARGETS stint_all EXPORT stintJsonTargets)
endif()
