# 64-bit Arm Linux with Debian's cross compiler; programs run under qemu-user.
# cmake/aarch64_sysroot.sh makes the folder with the libraries that are not part of the compiler.

set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CXX_COMPILER aarch64-linux-gnu-g++)

cmake_path(SET BATON_AARCH64_SYSROOT NORMALIZE
           "${CMAKE_CURRENT_LIST_DIR}/../../build/aarch64-sysroot")
set(CMAKE_FIND_ROOT_PATH "${BATON_AARCH64_SYSROOT}" /usr/aarch64-linux-gnu)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)

set(CMAKE_CROSSCOMPILING_EMULATOR
    qemu-aarch64 -L /usr/aarch64-linux-gnu
    -E LD_LIBRARY_PATH=${BATON_AARCH64_SYSROOT}/usr/lib/aarch64-linux-gnu)
