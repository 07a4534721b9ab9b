# Helpers for the CMakeLists.txt files of this tree.

include(BatonPlugin)
include(BatonPrecompile)

# baton_plugin(NAME NAME SOURCES FILE... [LIBRARIES LIB...] [DESTINATION plugins|drivers|tests])
#
# A plugin of this tree: target and name are NAME with the file libbaton_NAME.so in the folder of
# its DESTINATION (plugins unless given). Plugins and drivers are installed, test plugins are not.
function(baton_plugin)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME;DESTINATION" "SOURCES;LIBRARIES")
  if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "baton_plugin: expected NAME NAME SOURCES FILE... [LIBRARIES LIB...] "
                        "[DESTINATION plugins|drivers|tests], got \"${ARGV}\".")
  endif()
  if(NOT arg_DESTINATION)
    set(arg_DESTINATION plugins)
  endif()
  if(arg_DESTINATION STREQUAL "tests")
    set(folder "${BATON_TEST_PLUGINS_DIR}")
  elseif(arg_DESTINATION STREQUAL "plugins")
    set(folder "${BATON_PLUGINS_DIR}")
  elseif(arg_DESTINATION STREQUAL "drivers")
    set(folder "${BATON_DRIVERS_DIR}")
  else()
    message(FATAL_ERROR "baton_plugin(${arg_NAME}): DESTINATION is \"${arg_DESTINATION}\", "
                        "expected plugins, drivers or tests.")
  endif()

  # The target has a prefix: a plugin may well be called `cpu` or `test`.
  set(target baton_plugin_${arg_NAME})
  baton_add_plugin(${target} NAME ${arg_NAME} SOURCES ${arg_SOURCES} LIBRARIES ${arg_LIBRARIES})
  set_target_properties(${target} PROPERTIES LIBRARY_OUTPUT_DIRECTORY "${folder}")
  if(NOT arg_DESTINATION STREQUAL "tests")
    install(TARGETS ${target} COMPONENT plugins
            LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}/baton/${arg_DESTINATION}")
  endif()
endfunction()

# baton_test(NAME NAME SOURCES FILE... [LIBRARIES LIB...] [PLUGINS NAME...] [DEPENDS TARGET...]
#            [LABELS LABEL...] [TIMEOUT SECONDS] [ONE_TEST])
#
# A GoogleTest program `NAME` in <build>/tests, each of its tests known to ctest as
# NAME.Suite.Case. PLUGINS are baton_plugin() names that it loads. Labels with a meaning:
#   tsan    run under the thread sanitizer by the test command
#   golden  runs real models: slow under the sanitizers, and left to a stage of its own there
# For each LABEL the target `tests_LABEL` builds the programs that carry it. ONE_TEST: ctest runs all
# cases in one process, as the test NAME; for those that share what takes long to make.
function(baton_test)
  cmake_parse_arguments(PARSE_ARGV 0 arg "ONE_TEST" "NAME;TIMEOUT"
                        "SOURCES;LIBRARIES;PLUGINS;DEPENDS;LABELS")
  if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "baton_test: expected NAME NAME SOURCES FILE... [LIBRARIES LIB...] "
                        "[PLUGINS NAME...] [DEPENDS TARGET...] [LABELS LABEL...] "
                        "[TIMEOUT SECONDS], got \"${ARGV}\".")
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 300)
  endif()
  find_package(GTest REQUIRED)

  add_executable(${arg_NAME} ${arg_SOURCES})
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                               "${PROJECT_BINARY_DIR}/tests")
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBRARIES} GTest::gtest_main)
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}")
  baton_precompile(${arg_NAME} FROM baton_test_headers)
  target_compile_definitions(
    ${arg_NAME}
    PRIVATE BATON_SHARED_DIR="${BATON_SHARED_DIR}"
            BATON_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
            BATON_BINARY_DIR="${BATON_BINARY_DIR}"
            BATON_PLUGINS_DIR="${BATON_PLUGINS_DIR}"
            BATON_TEST_PLUGINS_DIR="${BATON_TEST_PLUGINS_DIR}")

  foreach(plugin IN LISTS arg_PLUGINS)
    add_dependencies(${arg_NAME} baton_plugin_${plugin})
  endforeach()
  if(arg_DEPENDS)
    add_dependencies(${arg_NAME} ${arg_DEPENDS})
  endif()
  foreach(label IN LISTS arg_LABELS)
    if(NOT TARGET tests_${label})
      add_custom_target(tests_${label})
    endif()
    add_dependencies(tests_${label} ${arg_NAME})
  endforeach()

  if(arg_ONE_TEST)
    add_test(NAME ${arg_NAME} COMMAND ${arg_NAME})
    # Long ones begin first.
    set_tests_properties(${arg_NAME} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}"
                                                COST 100)
    return()
  endif()
  include(GoogleTest)
  gtest_discover_tests(
    ${arg_NAME}
    TEST_PREFIX "${arg_NAME}."
    TEST_LIST ${arg_NAME}_discovered
    # Values of a test that prints none of its own contain addresses.
    NO_PRETTY_VALUES
    DISCOVERY_MODE PRE_TEST
    DISCOVERY_TIMEOUT 120
    PROPERTIES TIMEOUT ${arg_TIMEOUT})
  if(arg_LABELS)
    # gtest_discover_tests() loses all but the first element of a list in PROPERTIES.
    set(labels_file "${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_labels.cmake")
    file(CONFIGURE OUTPUT "${labels_file}" @ONLY CONTENT [=[
foreach(test IN LISTS @arg_NAME@_discovered)
  set_tests_properties("${test}" PROPERTIES LABELS "@arg_LABELS@")
endforeach()
]=])
    set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES "${labels_file}")
  endif()
endfunction()

# baton_fuzz_target(NAME NAME SOURCES FILE... [MUTATOR FILE...] [LIBRARIES LIB...])
#
# A program `NAME` in <build>/tests around LLVMFuzzerTestOneInput, with its seeds in corpus/NAME.
# With BATON_BUILD_FUZZERS libFuzzer drives it: ctest starts from the seeds and fuzzes for ten
# seconds (label fuzz); MUTATOR files have its LLVMFuzzerCustomMutator. Without, any compiler will
# do, and the program runs the files and folders that it is given once; ctest gives it the seeds.
function(baton_fuzz_target)
  cmake_parse_arguments(PARSE_ARGV 0 arg "" "NAME" "SOURCES;MUTATOR;LIBRARIES")
  if(NOT arg_NAME OR NOT arg_SOURCES OR arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "baton_fuzz_target: expected NAME NAME SOURCES FILE... [MUTATOR FILE...] "
                        "[LIBRARIES LIB...], got \"${ARGV}\".")
  endif()
  add_executable(${arg_NAME} ${arg_SOURCES})
  set_target_properties(${arg_NAME} PROPERTIES RUNTIME_OUTPUT_DIRECTORY
                                               "${PROJECT_BINARY_DIR}/tests")
  target_link_libraries(${arg_NAME} PRIVATE ${arg_LIBRARIES})
  target_include_directories(${arg_NAME} PRIVATE "${PROJECT_SOURCE_DIR}")

  set(corpus "${CMAKE_CURRENT_SOURCE_DIR}/corpus/${arg_NAME}")
  if(BATON_BUILD_FUZZERS)
    target_sources(${arg_NAME} PRIVATE ${arg_MUTATOR})
    target_link_options(${arg_NAME} PRIVATE -fsanitize=fuzzer)
    # Seeds as files: libFuzzer would write what it finds into a folder.
    file(GLOB seeds CONFIGURE_DEPENDS "${corpus}/*")
    list(JOIN seeds "," seeds)
    set(seed_list "${CMAKE_CURRENT_BINARY_DIR}/${arg_NAME}_seeds.txt")
    file(CONFIGURE OUTPUT "${seed_list}" @ONLY CONTENT "@seeds@")
    add_test(NAME ${arg_NAME}
             COMMAND ${arg_NAME} "-seed_inputs=@${seed_list}" -max_total_time=10 -timeout=10
                     -rss_limit_mb=2048 -max_len=8192 -print_final_stats=1
             WORKING_DIRECTORY "${CMAKE_CURRENT_BINARY_DIR}")
  else()
    target_sources(${arg_NAME} PRIVATE replay_main.cpp)
    add_test(NAME ${arg_NAME} COMMAND ${arg_NAME} "${corpus}")
  endif()
  set_tests_properties(${arg_NAME} PROPERTIES LABELS fuzz TIMEOUT 120)
endfunction()
