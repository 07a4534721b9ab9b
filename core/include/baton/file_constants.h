/* An extension of the host: constants where the model's file has them. For a plugin that packs a
 * constant, and seldom needs it as it was: let go of it with done_with_constant, and read this one.
 *
 *   host->get_extension(host, BATON_HOST_EXT_FILE_CONSTANTS)
 */
#ifndef BATON_FILE_CONSTANTS_H_
#define BATON_FILE_CONSTANTS_H_

#include "baton/plugin.h"

#ifdef __cplusplus
extern "C" {
#endif

#define BATON_HOST_EXT_FILE_CONSTANTS "draft.file_constants/1"
typedef struct baton_host_ext_file_constants {
  uint32_t struct_size;
  uint32_t reserved;
  /* In compile only: the bytes of a constant of the partition, aligned to its element only, none to
   * be read past the end. They stay as long as the program, whatever was let go; on disk rather
   * than in memory where the model was loaded from a file, so that the first look at them may be
   * slow. NULL: it is no constant, or not in the file as it is. [any-thread] */
  const void* (*find)(const baton_graph* partition, int32_t tensor);
} baton_host_ext_file_constants;

#ifdef __cplusplus
} /* extern "C" */
#endif

#endif /* BATON_FILE_CONSTANTS_H_ */
