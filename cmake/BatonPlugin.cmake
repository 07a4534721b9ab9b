# baton_add_plugin(TARGET SOURCES FILE... [NAME NAME] [LIBRARIES LIB...])
#
# Makes TARGET a plugin: a module `libbaton_NAME.so` (NAME is TARGET unless given) that exports
# its query function and nothing else, compiled against the delegate SDK. Installed with the
# package, so a plugin outside this tree is built by the same lines as one inside.

set(BATON_PLUGIN_MAP "${CMAKE_CURRENT_LIST_DIR}/plugin.map")

function(baton_add_plugin target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "NAME" "SOURCES;LIBRARIES")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
    message(FATAL_ERROR "baton_add_plugin(${target}): expected SOURCES FILE... [NAME NAME] "
                        "[LIBRARIES LIB...], got \"${ARGN}\".")
  endif()
  if(NOT arg_NAME)
    set(arg_NAME ${target})
  endif()
  add_library(${target} MODULE ${arg_SOURCES})
  target_link_libraries(${target} PRIVATE Baton::delegate_sdk ${arg_LIBRARIES})
  set_target_properties(
    ${target}
    PROPERTIES PREFIX "lib"
               OUTPUT_NAME "baton_${arg_NAME}"
               C_VISIBILITY_PRESET hidden
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON
               POSITION_INDEPENDENT_CODE ON
               INSTALL_RPATH "$ORIGIN"
               LINK_DEPENDS "${BATON_PLUGIN_MAP}")
  # As the core: a fused multiply-add would make results depend on compiler and machine.
  target_compile_options(${target} PRIVATE -ffp-contract=off)
  target_link_options(${target} PRIVATE "LINKER:--version-script=${BATON_PLUGIN_MAP}")
endfunction()
