# baton_add_plugin(TARGET SOURCES FILE... [NAME NAME] [LIBRARIES LIB...] [STATIC])
#
# Makes TARGET a plugin: a module `libbaton_NAME.so` (NAME is TARGET unless given) that exports
# its query function and nothing else, compiled against the delegate SDK. Installed with the
# package, so a plugin outside this tree is built by the same lines as one inside. STATIC makes a
# static library instead, to be linked into a program that calls baton_runtime_register().

set(BATON_PLUGIN_MAP "${CMAKE_CURRENT_LIST_DIR}/plugin.map")

function(baton_add_plugin target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "STATIC" "NAME" "SOURCES;LIBRARIES")
  if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
    message(FATAL_ERROR "baton_add_plugin(${target}): expected SOURCES FILE... [NAME NAME] "
                        "[LIBRARIES LIB...] [STATIC], got \"${ARGN}\".")
  endif()
  if(NOT arg_NAME)
    set(arg_NAME ${target})
  endif()
  if(arg_STATIC)
    add_library(${target} STATIC ${arg_SOURCES})
    target_compile_definitions(${target} PRIVATE BATON_PLUGIN_STATIC)
  else()
    add_library(${target} MODULE ${arg_SOURCES})
    target_link_options(${target} PRIVATE "LINKER:--version-script=${BATON_PLUGIN_MAP}")
    set_target_properties(${target} PROPERTIES LINK_DEPENDS "${BATON_PLUGIN_MAP}")
  endif()
  target_link_libraries(${target} PRIVATE Baton::delegate_sdk ${arg_LIBRARIES})
  # As the core: a fused multiply-add would make results depend on compiler and machine.
  target_compile_options(${target} PRIVATE -ffp-contract=off)
  set_target_properties(
    ${target}
    PROPERTIES PREFIX "lib"
               OUTPUT_NAME "baton_${arg_NAME}"
               C_VISIBILITY_PRESET hidden
               CXX_VISIBILITY_PRESET hidden
               VISIBILITY_INLINES_HIDDEN ON
               POSITION_INDEPENDENT_CODE ON
               INSTALL_RPATH "$ORIGIN")
endfunction()
