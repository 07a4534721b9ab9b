/* Which way of going wrong a plugin of this folder has: all else is compiled once for all. */
#define BAD_TEXT(x) BAD_TEXT_INNER(x)
#define BAD_TEXT_INNER(x) #x

extern const char bad_plugin_name[];
const char bad_plugin_name[] = "bad_" BAD_TEXT(BAD_MODE);
