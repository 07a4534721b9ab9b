# Language level, output folders, warnings, numeric flags and sanitizers: what holds for every
# target of the tree.

set(CMAKE_C_STANDARD 99)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release CACHE STRING "Build type" FORCE)
endif()

# Scripts and users rely on these places; an installation has the same shape below its prefix.
set(BATON_BINARY_DIR "${PROJECT_BINARY_DIR}/bin")
set(BATON_LIBRARY_DIR "${PROJECT_BINARY_DIR}/lib")
set(BATON_PLUGINS_DIR "${BATON_LIBRARY_DIR}/baton/plugins")
set(BATON_DRIVERS_DIR "${BATON_LIBRARY_DIR}/baton/drivers")
set(BATON_WORKERS_DIR "${BATON_LIBRARY_DIR}/baton")
set(BATON_TEST_PLUGINS_DIR "${BATON_LIBRARY_DIR}/baton/test_plugins")
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${BATON_BINARY_DIR}")
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY "${BATON_LIBRARY_DIR}")
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY "${BATON_LIBRARY_DIR}")

# An installed binary finds libbaton beside itself, wherever the prefix is moved.
file(RELATIVE_PATH baton_bin_to_lib "${CMAKE_INSTALL_FULL_BINDIR}" "${CMAKE_INSTALL_FULL_LIBDIR}")
set(CMAKE_INSTALL_RPATH "$ORIGIN/${baton_bin_to_lib}")

# Models and recorded outputs that are too large or not ours to ship. Tests that need them are
# required where the folder exists and are skipped elsewhere.
if(DEFINED ENV{BATON_SHARED_DIR})
  set(baton_shared_default "$ENV{BATON_SHARED_DIR}")
else()
  cmake_path(SET baton_shared_default NORMALIZE "${PROJECT_SOURCE_DIR}/../shared")
endif()
set(BATON_SHARED_DIR "${baton_shared_default}" CACHE PATH "Folder with models/ and golden/")

if(NOT CMAKE_CXX_COMPILER_LAUNCHER)
  find_program(BATON_CCACHE ccache)
  mark_as_advanced(BATON_CCACHE)
  if(BATON_CCACHE)
    # Relative paths: what one preset compiled serves every other one with the same flags. The
    # sloppiness is what ccache asks for where headers are precompiled.
    set(baton_launcher
        "${CMAKE_COMMAND}" -E env "CCACHE_BASEDIR=${PROJECT_SOURCE_DIR}"
        CCACHE_SLOPPINESS=pch_defines,time_macros "${BATON_CCACHE}")
    set(CMAKE_C_COMPILER_LAUNCHER "${baton_launcher}")
    set(CMAKE_CXX_COMPILER_LAUNCHER "${baton_launcher}")
  endif()
endif()

add_compile_options(-Wall -Wextra)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
  # Warns of its own library's string concatenation (GCC bug 105651).
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-Wno-restrict>)
endif()
if(BATON_WERROR)
  add_compile_options(-Werror)
endif()

# A fused multiply-add rounds once where the written code rounds twice: results would depend on
# the compiler and the machine.
add_compile_options(-ffp-contract=off)

# Lets the linker drop what nobody calls.
add_compile_options(-ffunction-sections -fdata-sections)
add_link_options(LINKER:--gc-sections)

if(BATON_SANITIZE STREQUAL "address")
  # core has no RTTI, which the vptr check needs.
  set(baton_sanitizer -fsanitize=address,undefined -fno-sanitize=vptr -fno-sanitize-recover=all)
  if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    # It compares type information across libraries that do not share any.
    list(APPEND baton_sanitizer -fno-sanitize=function)
  endif()
elseif(BATON_SANITIZE STREQUAL "thread")
  set(baton_sanitizer -fsanitize=thread)
elseif(BATON_SANITIZE)
  message(FATAL_ERROR "BATON_SANITIZE=${BATON_SANITIZE} is not known: use address, thread or "
                      "leave it empty.")
endif()
if(BATON_SANITIZE)
  add_compile_options(${baton_sanitizer} -fno-omit-frame-pointer)
  add_link_options(${baton_sanitizer})
endif()
if(BATON_BUILD_FUZZERS)
  if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
    message(FATAL_ERROR "BATON_BUILD_FUZZERS needs clang: libFuzzer comes with it. Use the preset "
                        "asan, or switch it off.")
  endif()
  # Coverage in everything, so that one build serves tests and fuzz targets.
  add_compile_options(-fsanitize=fuzzer-no-link)
  add_link_options(-fsanitize=fuzzer-no-link)
endif()
