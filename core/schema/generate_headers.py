#!/usr/bin/env python3
"""Writes everything that follows from tflite.fbs:

  core/include/baton/builtin_ops.h   operator numbers
  core/include/baton/attributes.h    one C struct per options table, enum constants
  core/schema/attribute_types.inc    struct name, table name and union member of each
  core/schema/attribute_table.inc    field names, kinds, offsets, vtable slots and defaults
  core/schema/attribute_offsets.inc  the offsets once more, to be asserted by C and C++ compilers

Usage: generate_headers.py [--check]
With --check nothing is written; the exit status is 1 if a file is not up to date.
"""

import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
INCLUDE = os.path.join(HERE, "..", "include", "baton")
UNIONS = ("BuiltinOptions", "BuiltinOptions2")

# Fields that were already deprecated in the first version of the structs and never got a slot.
# A field that becomes deprecated later keeps its slot, otherwise the offsets behind it would move.
WITHOUT_SLOT = {
    ("ResizeBilinearOptions", "new_height"),
    ("ResizeBilinearOptions", "new_width"),
}

SPECIAL_NAMES = {"ATan2": "atan2", "StableHLOComposite": "stablehlo_composite"}
SPECIAL_ENUM_PREFIX = {
    "ActivationFunctionType": "ACTIVATION",
    "FullyConnectedOptionsWeightsFormat": "FULLY_CONNECTED_WEIGHTS_FORMAT",
    # These enums carry their own prefix in the names of their values.
    "StablehloComparisonDirection": "",
    "StablehloComparisonType": "",
}

INT_TYPES = {
    "byte": "int8", "int8": "int8", "int": "int32", "int32": "int32", "uint": "uint32",
    "long": "int64", "int64": "int64", "ubyte": "uint8", "bool": "bool", "float": "float",
}


class Field:
    def __init__(self, name, type_name, default, deprecated):
        self.name = name
        self.type = type_name
        self.default = default
        self.deprecated = deprecated
        self.vtable = 0


def parse_schema(text):
    """Reads enums, unions and tables of a FlatBuffers schema."""
    text = re.sub(r"//[^\n]*", "", text)
    enums, unions, tables = {}, {}, {}
    for kind, name, base, body in re.findall(
            r"\b(enum|union|table)\s+(\w+)\s*(?::\s*(\w+))?\s*\{([^}]*)\}", text):
        if kind == "enum":
            values, following = {}, 0
            for item in filter(None, (part.strip() for part in body.split(","))):
                key, _, value = (part.strip() for part in item.partition("="))
                following = int(value) if value else following
                values[key] = following
                following += 1
            enums[name] = (base, values)
        elif kind == "union":
            unions[name] = [part.strip() for part in body.split(",") if part.strip()]
        else:
            fields = []
            for item in filter(None, (part.strip() for part in body.split(";"))):
                match = re.fullmatch(
                    r"(\w+)\s*:\s*(\[?\w+\]?)(?:\s*=\s*([\w.+-]+))?(?:\s*\(([^)]*)\))?", item)
                if not match:
                    sys.exit(f"tflite.fbs: cannot read '{item}' in table {name}")
                fields.append(Field(match[1], match[2], match[3],
                                    "deprecated" in (match[4] or "").split(", ")))
            tables[name] = fields
    for fields in tables.values():
        slot = 0
        for field in fields:
            if field.type in unions:
                slot += 1  # the type of a union has a slot of its own, in front
            field.vtable = 4 + 2 * slot
            slot += 1
    return enums, unions, tables


def snake(name):
    """'DepthwiseConv2D' -> 'depthwise_conv_2d'."""
    if name in SPECIAL_NAMES:
        return SPECIAL_NAMES[name]
    parts = re.findall(
        r"[0-9]D|V[0-9]|L2|[A-Z]{2,}(?=[A-Z][a-z])|[A-Z]{2,}(?![a-z0-9])"
        r"|[A-Z][a-z]*(?:[0-9]+[a-z]+)?", name)
    if "".join(parts) != name:
        sys.exit(f"no rule to spell '{name}' in snake case")
    return "_".join(parts).lower()


def table_snake(name):
    return snake(name[:-len("Options")])


def enum_constant(enum, value):
    if enum in SPECIAL_ENUM_PREFIX:
        prefix = SPECIAL_ENUM_PREFIX[enum]
    else:
        base = enum if enum == "LSTMKernelType" else re.sub(r"Type$", "", enum)
        prefix = snake(base).upper()
    return "_".join(filter(None, ("BATON", prefix, value.upper())))


class Slot:
    """One attribute's place in the C struct."""

    def __init__(self, field, kind, enum, c_type, width, default):
        self.field, self.kind, self.enum = field, kind, enum
        self.c_type, self.width, self.default = c_type, width, default
        self.offset = self.count_offset = 0


SCALARS = {  # stored type: kind, C type, bytes
    "int32": ("kInt32", "int32_t", 4),
    "uint32": ("kUint32", "uint32_t", 4),
    "int64": ("kInt64", "int64_t", 8),
    "float": ("kFloat", "float", 4),
    "bool": ("kBool", "uint8_t", 1),
}
VECTORS = {
    "int32": ("kInt32s", "const int32_t*"),
    "uint32": ("kUint32s", "const uint32_t*"),
    "int64": ("kInt64s", "const int64_t*"),
    "float": ("kFloats", "const float*"),
    "uint8": ("kBytes", "const uint8_t*"),
    "bool": ("kBools", "const uint8_t*"),
}


def make_slot(table, field, enums):
    where = f"{table}.{field.name}"
    if field.type == "string":
        return Slot(field, "kString", None, "const char*", 8, None)
    if field.type.startswith("["):
        element = field.type[1:-1]
        enum = element if element in enums else None
        stored = INT_TYPES.get(enums[enum][0] if enum else element)
        if stored not in VECTORS:
            sys.exit(f"{where}: vectors of {element} have no C form yet")
        kind, c_type = VECTORS[stored]
        return Slot(field, kind, enum, c_type, 16, None)
    if field.type in enums:
        base, values = enums[field.type]
        kind = {"int8": "kEnum8", "int32": "kEnum32", "uint32": "kEnum32"}[INT_TYPES[base]]
        default = values[field.default] if field.default else 0
        return Slot(field, kind, field.type, "int32_t", 4, default)
    stored = INT_TYPES.get(field.type)
    if stored not in SCALARS:
        sys.exit(f"{where}: type {field.type} has no C form yet")
    kind, c_type, width = SCALARS[stored]
    default = {"true": 1, "false": 0, None: 0}.get(field.default, field.default)
    number = float(default) if stored == "float" else int(default)
    return Slot(field, kind, None, c_type, width, number)


def lay_out(table, fields, enums):
    """Returns slots, C member lines, initialisers, struct size.

    The place of a field depends only on the fields before it, and padding belongs to the field in
    front of it. So every appended field makes the struct grow, and struct_size tells which fields
    a writer knew. Pointers take 8 bytes everywhere: offsets are equal on 32- and 64-bit machines.
    """
    slots, members, initialisers = [], ["  uint32_t struct_size;"], []
    offset, unit = 4, 4
    for field in fields:
        if (table, field.name) in WITHOUT_SLOT:
            continue
        slot = make_slot(table, field, enums)
        name = field.name
        if slot.width >= 8 and unit == 4:
            unit = 8
            if offset % 8:
                members.append("  uint32_t reserved;")
                initialisers.append("0")
                offset += 4
        slot.offset = offset
        if slot.c_type.endswith("*"):
            members.append(f"  BATON_ATTRIBUTE_POINTER({slot.c_type}, {name});")
            initialisers.append("BATON_ATTRIBUTE_NULL")
            if slot.width == 16:
                members.append(f"  uint32_t {name}_count;")
                members.append(f"  uint32_t {name}_reserved;")
                initialisers += ["0", "0"]
                slot.count_offset = offset + 8
        else:
            members.append(f"  {slot.c_type} {name};")
            if slot.c_type == "float":
                initialisers.append(f"{slot.default}f")
            else:
                initialisers.append(str(slot.default))
            padding = -slot.width % unit
            if padding == 4:
                members.append(f"  uint32_t {name}_reserved;")
                initialisers.append("0")
            elif padding:
                members.append(f"  uint8_t {name}_reserved[{padding}];")
                initialisers.append("{0}")
        offset += -(-slot.width // unit) * unit
        if not field.deprecated:
            slots.append(slot)
    return slots, members, initialisers, offset


def wrap_macro(name, body):
    """A #define, broken behind commas to stay within 100 columns."""
    line = f"#define {name} {body}"
    if len(line) <= 100:
        return line
    lines, current = [f"#define {name}"], " "
    for part in re.split(r"(?<=,) ", body):
        if len(current) + len(part) + 3 > 100:
            lines.append(current)
            current = "   "
        current += " " + part
    lines.append(current)
    return " \\\n".join(lines)


HEADER_NOTE = "/* Written by core/schema/generate_headers.py from core/schema/tflite.fbs. */\n"


def builtin_ops_header(enums):
    lines = [HEADER_NOTE, "#ifndef BATON_BUILTIN_OPS_H_", "#define BATON_BUILTIN_OPS_H_", "",
             "/* The numbers of the built-in operators, as .tflite files store them. They never",
             " * change, new ones are appended. A custom operator is CUSTOM with a name. */",
             "enum {"]
    values = enums["BuiltinOperator"][1]
    lines += [f"  BATON_OP_{name} = {code}," for name, code in values.items()]
    lines += ["};", "", "/* One more than the largest number above. */",
              f"#define BATON_OP_COUNT {max(values.values()) + 1}", "",
              "#endif /* BATON_BUILTIN_OPS_H_ */"]
    return "\n".join(lines) + "\n"


ATTRIBUTES_INTRODUCTION = """\
/* The attributes of the built-in operators: one struct per options table of the .tflite format,
 * with the names and the order of its fields.
 *
 * Rules, the same for every struct here:
 *  - `struct_size` is the number of bytes that the writer of the struct knew. A reader looks only
 *    inside it (BATON_ATTRIBUTE_HAS); a field outside has the value of the _INIT macro. Fields are
 *    only appended and no padding is ever reused, so each new field makes the struct larger.
 *  - Offsets are the same on every machine: pointers take 8 bytes also where they are 4 bytes long
 *    (then `NAME_high` follows, which is 0).
 *  - `NAME_reserved`, `NAME_high` and `reserved` are padding and 0.
 *  - Booleans are uint8_t, 0 or 1. Enumerations are int32_t with the constants below, element types
 *    with those of baton/types.h; a file may hold a value that is not among them.
 *  - An array is a pointer and `NAME_count`, the number of elements. A null pointer means that the
 *    file does not have the array. Strings end in a zero byte; null if absent.
 *  - Pointers lead into the model and live as long as whatever handed out the struct.
 *  - `BATON_X_ATTRIBUTES_INIT` initialises a struct with the defaults of the format. */
"""

PREAMBLE = """\
#include <stddef.h>
#include <stdint.h>

#include "baton/types.h"

#ifdef __cplusplus
extern "C" {
#endif

#if UINTPTR_MAX == 0xFFFFFFFFu
#define BATON_ATTRIBUTE_POINTER(type, name) \\
  type name;                                \\
  uint32_t name##_high
#define BATON_ATTRIBUTE_NULL 0, 0
#else
#define BATON_ATTRIBUTE_POINTER(type, name) type name
#define BATON_ATTRIBUTE_NULL 0
#endif

/* Whether the struct behind pointer `attributes` of type `type` is large enough to hold `field`. */
#define BATON_ATTRIBUTE_HAS(type, attributes, field) \\
  ((attributes)->struct_size >= offsetof(type, field) + sizeof((attributes)->field))
"""

ASSERTIONS = """\
#if defined(__cplusplus)
#define BATON_ATTRIBUTE_SIZE(name, size) static_assert(sizeof(name) == (size), "layout of " #name)
#elif defined(__STDC_VERSION__) && __STDC_VERSION__ >= 201112L
#define BATON_ATTRIBUTE_SIZE(name, size) _Static_assert(sizeof(name) == (size), "layout of " #name)
#else
#define BATON_ATTRIBUTE_SIZE(name, size) \\
  typedef char name##_has_size[sizeof(name) == (size) ? 1 : -1]
#endif
"""


def attributes_header(enums, layouts, used_enums):
    lines = [HEADER_NOTE, ATTRIBUTES_INTRODUCTION, "#ifndef BATON_ATTRIBUTES_H_",
             "#define BATON_ATTRIBUTES_H_", "", PREAMBLE]
    for enum in used_enums:
        if enum == "TensorType":
            continue  # baton_dtype_values
        lines += [f"/* {enum} */", "enum {"]
        for key, value in enums[enum][1].items():
            lines.append(f"  {enum_constant(enum, key)} = {value},")
        lines += ["};", ""]
    lines += ["/* clang-format off */", ""]
    for table, (_, members, initialisers, _) in layouts.items():
        name = f"baton_{table_snake(table)}_attributes"
        lines += [f"/* {table} */", f"typedef struct {name} {{", *members, f"}} {name};",
                  wrap_macro(f"{name.upper()}_INIT",
                             "{" + ", ".join([f"sizeof({name})"] + initialisers) + "}"), ""]
    lines += ["/* clang-format on */", "", ASSERTIONS]
    lines += [f"BATON_ATTRIBUTE_SIZE(baton_{table_snake(table)}_attributes, {size});"
              for table, (_, _, _, size) in layouts.items()]
    lines += ["", "#undef BATON_ATTRIBUTE_SIZE", "", "#ifdef __cplusplus", "}", "#endif", "",
              "#endif /* BATON_ATTRIBUTES_H_ */"]
    return "\n".join(lines) + "\n"


INC_NOTE = "// Written by core/schema/generate_headers.py from core/schema/tflite.fbs.\n"


def types_inc(unions):
    lines = [INC_NOTE,
             "// BATON_ATTRIBUTE_TYPE(struct, table, union, member): baton_<struct>_attributes",
             "// holds the fields of a table, which is a member of a union."]
    for union in UNIONS:
        for member, table in enumerate(unions[union], 1):
            lines.append(f"BATON_ATTRIBUTE_TYPE({table_snake(table)}, {table}, {union}, {member})")
    lines += ["", "#undef BATON_ATTRIBUTE_TYPE"]
    return "\n".join(lines) + "\n"


def table_inc(enums, unions, layouts, used_enums):
    lines = [INC_NOTE]
    for enum in used_enums:
        values = ", ".join(f'{{{value}, "{key}"}}' for key, value in enums[enum][1].items())
        lines.append("// clang-format off")
        lines.append(f"constexpr EnumValue k{enum}Values[] = {{{values}}};")
        lines.append("// clang-format on")
        lines.append(f'constexpr EnumLayout k{enum} = {{"{enum}", k{enum}Values}};')
    lines.append("\n// clang-format off")
    for table, (slots, _, _, _) in layouts.items():
        if not slots:
            continue
        lines.append(f"constexpr AttributeField k{table}Fields[] = {{")
        for slot in slots:
            enum = f"&k{slot.enum}" if slot.enum else "nullptr"
            numbers = (slot.offset, slot.count_offset, slot.field.vtable, slot.default or 0)
            lines.append(f'  {{"{slot.field.name}", AttributeKind::{slot.kind}, '
                         f"{', '.join(map(str, numbers))}, {enum}}},")
        lines.append("};")
    for union in UNIONS:
        lines.append(f"\nconstexpr AttributeLayout k{union}Layouts[] = {{")
        for member, table in enumerate(unions[union], 1):
            slots, _, _, size = layouts[table]
            fields = f"k{table}Fields" if slots else "{}"
            lines.append(f'  {{"{table}", OptionsUnion::k{union}, {member}, {size}, {fields}}},')
        lines.append("};")
    lines.append("// clang-format on")
    return "\n".join(lines) + "\n"


def offsets_inc(layouts):
    lines = [INC_NOTE, "// BATON_ATTRIBUTE_OFFSET(struct, field, offset)"]
    for table, (slots, _, _, _) in layouts.items():
        start = f"BATON_ATTRIBUTE_OFFSET(baton_{table_snake(table)}_attributes, "
        for slot in slots:
            lines.append(f"{start}{slot.field.name}, {slot.offset})")
            if slot.count_offset:
                lines.append(f"{start}{slot.field.name}_count, {slot.count_offset})")
    lines += ["", "#undef BATON_ATTRIBUTE_OFFSET"]
    return "\n".join(lines) + "\n"


def main(arguments):
    if arguments not in ([], ["--check"]):
        sys.exit(__doc__)
    with open(os.path.join(HERE, "tflite.fbs"), encoding="utf-8") as file:
        enums, unions, tables = parse_schema(file.read())
    layouts = {}
    for union in UNIONS:
        for table in unions[union]:
            layouts[table] = lay_out(table, tables[table], enums)
    used = {slot.enum for slots, _, _, _ in layouts.values() for slot in slots if slot.enum}
    used_enums = [enum for enum in enums if enum in used]
    outputs = {
        os.path.join(INCLUDE, "builtin_ops.h"): builtin_ops_header(enums),
        os.path.join(INCLUDE, "attributes.h"): attributes_header(enums, layouts, used_enums),
        os.path.join(HERE, "attribute_types.inc"): types_inc(unions),
        os.path.join(HERE, "attribute_table.inc"): table_inc(enums, unions, layouts, used_enums),
        os.path.join(HERE, "attribute_offsets.inc"): offsets_inc(layouts),
    }
    status = 0
    for path, text in outputs.items():
        if arguments:
            try:
                with open(path, encoding="utf-8", newline="") as file:
                    current = file.read()
            except FileNotFoundError:
                current = ""
            if current != text:
                print(f"{os.path.relpath(path)} is not up to date: "
                      "run core/schema/generate_headers.py", file=sys.stderr)
                status = 1
        else:
            with open(path, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
