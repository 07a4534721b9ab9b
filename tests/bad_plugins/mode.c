/* Which plugin this is, and so which way of going wrong it has: all else is compiled once for all.
 */
#define BAD_TEXT(x) BAD_TEXT_INNER(x)
#define BAD_TEXT_INNER(x) #x

extern const char bad_plugin_name[];
const char bad_plugin_name[] = BAD_TEXT(BAD_PLUGIN);
