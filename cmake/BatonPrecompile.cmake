# baton_precompile(TARGET HEADER...)
#
# Precompiles headers of the C++ library, and of others that rarely change, for TARGET and for the
# targets that say `baton_precompile(TARGET2 FROM TARGET)`, which must have the same compile options.
# Parsing them again for each of some hundred small files is half of the time of a build.
# CMAKE_DISABLE_PRECOMPILE_HEADERS=ON builds without: every file includes what it uses.

function(baton_precompile target)
  cmake_parse_arguments(PARSE_ARGV 1 arg "" "FROM" "")
  if(arg_FROM)
    target_precompile_headers(${target} REUSE_FROM ${arg_FROM})
  else()
    list(TRANSFORM arg_UNPARSED_ARGUMENTS REPLACE "^(.+)$" "$<$<COMPILE_LANGUAGE:CXX>:<\\1$<ANGLE-R>>"
         OUTPUT_VARIABLE headers)
    target_precompile_headers(${target} PRIVATE ${headers})
  endif()
  # What ccache needs to see through a precompiled header.
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    target_compile_options(${target} PRIVATE $<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
    if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
      # From a precompiled header it warns of its own library's strings (GCC bug 105651's kin).
      target_compile_options(
        ${target} PRIVATE
        "$<$<COMPILE_LANGUAGE:CXX>:-Wno-array-bounds;-Wno-stringop-overflow;-Wno-stringop-overread>")
    endif()
  else()
    target_compile_options(${target}
                           PRIVATE "$<$<COMPILE_LANGUAGE:CXX>:SHELL:-Xclang -fno-pch-timestamp>")
  endif()
endfunction()
