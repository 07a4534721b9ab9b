# The installed package: headers, libraries, find_package(Baton), pkg-config, the plugins folder.
#
#   find_package(Baton REQUIRED COMPONENTS runtime)        Baton::baton
#   find_package(Baton REQUIRED COMPONENTS delegate_sdk)   Baton::delegate_sdk, baton_add_plugin()
#
# Nothing in it names the prefix: an installed tree may be moved.

include(CMakePackageConfigHelpers)

set(baton_cmake_dir "${CMAKE_INSTALL_LIBDIR}/cmake/Baton")

install(
  DIRECTORY "${PROJECT_SOURCE_DIR}/core/include/"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}"
  COMPONENT delegate_sdk
  FILES_MATCHING
  PATTERN "*.h"
  PATTERN "*.hpp")
install(TARGETS baton_headers EXPORT BatonDelegateSdk COMPONENT delegate_sdk)
install(
  EXPORT BatonDelegateSdk
  NAMESPACE Baton::
  FILE BatonDelegateSdkTargets.cmake
  DESTINATION "${baton_cmake_dir}"
  COMPONENT delegate_sdk)
install(
  FILES "${PROJECT_SOURCE_DIR}/cmake/BatonPlugin.cmake" "${PROJECT_SOURCE_DIR}/cmake/plugin.map"
  DESTINATION "${baton_cmake_dir}"
  COMPONENT delegate_sdk)

if(TARGET baton)
  install(
    TARGETS baton
    EXPORT BatonRuntime
    LIBRARY DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime NAMELINK_COMPONENT delegate_sdk
    ARCHIVE DESTINATION "${CMAKE_INSTALL_LIBDIR}" COMPONENT runtime)
  install(
    EXPORT BatonRuntime
    NAMESPACE Baton::
    FILE BatonRuntimeTargets.cmake
    DESTINATION "${baton_cmake_dir}"
    COMPONENT delegate_sdk)
  if(NOT BATON_BUILD_SHARED)
    install(
      FILES "${PROJECT_SOURCE_DIR}/cmake/FindPThreadPool.cmake"
      DESTINATION "${baton_cmake_dir}"
      COMPONENT delegate_sdk)
  endif()
  file(RELATIVE_PATH baton_pc_to_prefix "${CMAKE_INSTALL_FULL_LIBDIR}/pkgconfig"
       "${CMAKE_INSTALL_PREFIX}")
  string(REGEX REPLACE "/$" "" baton_pc_to_prefix "${baton_pc_to_prefix}")
  # A static libbaton leaves its own needs, the C++ library's included, to whoever links it.
  set(baton_pc_libs "")
  if(NOT BATON_BUILD_SHARED)
    list(TRANSFORM BATON_CXX_LIBRARIES PREPEND -l OUTPUT_VARIABLE baton_pc_libs)
    list(JOIN baton_pc_libs " " baton_pc_libs)
    string(PREPEND baton_pc_libs "-lpthreadpool -pthread ")
  endif()
  configure_file("${PROJECT_SOURCE_DIR}/cmake/baton.pc.in" "${PROJECT_BINARY_DIR}/baton.pc" @ONLY)
  install(
    FILES "${PROJECT_BINARY_DIR}/baton.pc"
    DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig"
    COMPONENT delegate_sdk)
endif()

# Empty where no plugin was built: the place a user's own plugins go to.
install(DIRECTORY DESTINATION "${CMAKE_INSTALL_LIBDIR}/baton/plugins" COMPONENT delegate_sdk)
set(BATON_INSTALLED_PLUGINS_DIR "${CMAKE_INSTALL_LIBDIR}/baton/plugins")
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/BatonConfig.cmake.in" "${PROJECT_BINARY_DIR}/BatonConfig.cmake"
  INSTALL_DESTINATION "${baton_cmake_dir}"
  PATH_VARS BATON_INSTALLED_PLUGINS_DIR)
# Before 1.0 a minor version may change the ABI.
write_basic_package_version_file("${PROJECT_BINARY_DIR}/BatonConfigVersion.cmake"
                                 COMPATIBILITY SameMinorVersion)
install(
  FILES "${PROJECT_BINARY_DIR}/BatonConfig.cmake" "${PROJECT_BINARY_DIR}/BatonConfigVersion.cmake"
  DESTINATION "${baton_cmake_dir}"
  COMPONENT delegate_sdk)

install(
  FILES "${PROJECT_SOURCE_DIR}/LICENSE" "${PROJECT_SOURCE_DIR}/THIRD_PARTY.md"
  DESTINATION "${CMAKE_INSTALL_DOCDIR}"
  COMPONENT runtime)
