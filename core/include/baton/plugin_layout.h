/* The layout of every struct of the plugin ABI, asserted while compiling: a tripwire against
 * changes that would break plugins in the field. Appending a field adds a line and changes the
 * size; anything else here that has to be edited is an incompatible change. Included by plugin.h.
 *
 * Two columns: machines with 64-bit pointers, and 32-bit ones that align 64-bit integers to 8 bytes
 * (Arm). 32-bit x86 aligns them to 4 and is not asserted. */
#ifndef BATON_PLUGIN_LAYOUT_H_
#define BATON_PLUGIN_LAYOUT_H_

#if UINTPTR_MAX == 0xFFFFFFFFu
#define BATON_LAYOUT_PICK(bytes64, bytes32) (bytes32)
#else
#define BATON_LAYOUT_PICK(bytes64, bytes32) (bytes64)
#endif

/* C99 has no static assertion: an array of negative size does as well. */
#if defined(__cplusplus)
#define BATON_LAYOUT_ASSERT(condition, name) static_assert(condition, "layout of " #name)
#else
#define BATON_LAYOUT_ASSERT(condition, name) typedef char baton_layout_##name[(condition) ? 1 : -1]
#endif

#define BATON_LAYOUT_FIELD(type, field, bytes64, bytes32) \
  BATON_LAYOUT_ASSERT(offsetof(type, field) == BATON_LAYOUT_PICK(bytes64, bytes32), type##_##field)
#define BATON_LAYOUT_SIZE(type, bytes64, bytes32) \
  BATON_LAYOUT_ASSERT(sizeof(type) == BATON_LAYOUT_PICK(bytes64, bytes32), type##_size)

#if !defined(__i386__) && !defined(_M_IX86)

BATON_LAYOUT_FIELD(baton_quantization, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_quantization, kind, 4, 4);
BATON_LAYOUT_FIELD(baton_quantization, count, 8, 8);
BATON_LAYOUT_FIELD(baton_quantization, axis, 12, 12);
BATON_LAYOUT_FIELD(baton_quantization, scales, 16, 16);
BATON_LAYOUT_FIELD(baton_quantization, zero_points, 24, 20);
BATON_LAYOUT_FIELD(baton_quantization, block_size, 32, 24);
BATON_LAYOUT_FIELD(baton_quantization, reserved, 36, 28);
BATON_LAYOUT_SIZE(baton_quantization, 40, 32);

BATON_LAYOUT_FIELD(baton_tensor, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_tensor, index, 4, 4);
BATON_LAYOUT_FIELD(baton_tensor, name, 8, 8);
BATON_LAYOUT_FIELD(baton_tensor, dtype, 16, 12);
BATON_LAYOUT_FIELD(baton_tensor, bits, 20, 16);
BATON_LAYOUT_FIELD(baton_tensor, flags, 24, 20);
BATON_LAYOUT_FIELD(baton_tensor, rank, 28, 24);
BATON_LAYOUT_FIELD(baton_tensor, dims, 32, 28);
BATON_LAYOUT_FIELD(baton_tensor, dims_signature, 40, 32);
BATON_LAYOUT_FIELD(baton_tensor, quantization, 48, 36);
BATON_LAYOUT_FIELD(baton_tensor, data, 56, 40);
BATON_LAYOUT_FIELD(baton_tensor, bytes, 64, 48);
BATON_LAYOUT_SIZE(baton_tensor, 72, 56);

BATON_LAYOUT_FIELD(baton_host, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_host, abi_version, 4, 4);
BATON_LAYOUT_FIELD(baton_host, version, 8, 8);
BATON_LAYOUT_FIELD(baton_host, context, 16, 12);
BATON_LAYOUT_FIELD(baton_host, log, 24, 16);
BATON_LAYOUT_FIELD(baton_host, report, 32, 20);
BATON_LAYOUT_FIELD(baton_host, allocate, 40, 24);
BATON_LAYOUT_FIELD(baton_host, release, 48, 28);
BATON_LAYOUT_FIELD(baton_host, get_extension, 56, 32);
BATON_LAYOUT_SIZE(baton_host, 64, 36);

BATON_LAYOUT_FIELD(baton_execution, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_execution, thread_count, 4, 4);
BATON_LAYOUT_FIELD(baton_execution, context, 8, 8);
BATON_LAYOUT_FIELD(baton_execution, parallel_for, 16, 12);
BATON_LAYOUT_FIELD(baton_execution, is_cancelled, 24, 16);
BATON_LAYOUT_FIELD(baton_execution, scratch, 32, 20);
BATON_LAYOUT_FIELD(baton_execution, report, 40, 24);
BATON_LAYOUT_SIZE(baton_execution, 48, 28);

BATON_LAYOUT_FIELD(baton_node, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_node, index, 4, 4);
BATON_LAYOUT_FIELD(baton_node, op, 8, 8);
BATON_LAYOUT_FIELD(baton_node, version, 12, 12);
BATON_LAYOUT_FIELD(baton_node, min_version, 16, 16);
BATON_LAYOUT_FIELD(baton_node, flags, 20, 20);
BATON_LAYOUT_FIELD(baton_node, input_count, 24, 24);
BATON_LAYOUT_FIELD(baton_node, output_count, 28, 28);
BATON_LAYOUT_FIELD(baton_node, intermediate_count, 32, 32);
BATON_LAYOUT_FIELD(baton_node, reserved, 36, 36);
BATON_LAYOUT_FIELD(baton_node, name, 40, 40);
BATON_LAYOUT_FIELD(baton_node, inputs, 48, 44);
BATON_LAYOUT_FIELD(baton_node, outputs, 56, 48);
BATON_LAYOUT_FIELD(baton_node, intermediates, 64, 52);
BATON_LAYOUT_FIELD(baton_node, attributes, 72, 56);
BATON_LAYOUT_FIELD(baton_node, custom_data, 80, 60);
BATON_LAYOUT_FIELD(baton_node, custom_bytes, 88, 64);
BATON_LAYOUT_SIZE(baton_node, 96, 72);

BATON_LAYOUT_FIELD(baton_graph, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_graph, subgraph, 4, 4);
BATON_LAYOUT_FIELD(baton_graph, context, 8, 8);
BATON_LAYOUT_FIELD(baton_graph, node_count, 16, 12);
BATON_LAYOUT_FIELD(baton_graph, node, 24, 16);
BATON_LAYOUT_FIELD(baton_graph, tensor_count, 32, 20);
BATON_LAYOUT_FIELD(baton_graph, tensor, 40, 24);
BATON_LAYOUT_FIELD(baton_graph, input_count, 48, 28);
BATON_LAYOUT_FIELD(baton_graph, input, 56, 32);
BATON_LAYOUT_FIELD(baton_graph, output_count, 64, 36);
BATON_LAYOUT_FIELD(baton_graph, output, 72, 40);
BATON_LAYOUT_FIELD(baton_graph, state_count, 80, 44);
BATON_LAYOUT_FIELD(baton_graph, state, 88, 48);
BATON_LAYOUT_FIELD(baton_graph, constant_hash, 96, 52);
BATON_LAYOUT_FIELD(baton_graph, done_with_constant, 104, 56);
BATON_LAYOUT_FIELD(baton_graph, model_hash, 112, 60);
BATON_LAYOUT_SIZE(baton_graph, 120, 64);

BATON_LAYOUT_FIELD(baton_shapes, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_shapes, thread_count, 4, 4);
BATON_LAYOUT_FIELD(baton_shapes, context, 8, 8);
BATON_LAYOUT_FIELD(baton_shapes, dims, 16, 12);
BATON_LAYOUT_SIZE(baton_shapes, 24, 16);

BATON_LAYOUT_FIELD(baton_buffer, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_buffer, kind, 4, 4);
BATON_LAYOUT_FIELD(baton_buffer, handle, 8, 8);
BATON_LAYOUT_FIELD(baton_buffer, offset, 16, 16);
BATON_LAYOUT_FIELD(baton_buffer, bytes, 24, 24);
BATON_LAYOUT_SIZE(baton_buffer, 32, 32);

BATON_LAYOUT_FIELD(baton_bindings, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_bindings, reserved, 4, 4);
BATON_LAYOUT_FIELD(baton_bindings, context, 8, 8);
BATON_LAYOUT_FIELD(baton_bindings, input, 16, 12);
BATON_LAYOUT_FIELD(baton_bindings, output, 24, 16);
BATON_LAYOUT_FIELD(baton_bindings, state_in, 32, 20);
BATON_LAYOUT_FIELD(baton_bindings, state_out, 40, 24);
BATON_LAYOUT_SIZE(baton_bindings, 48, 28);

BATON_LAYOUT_FIELD(baton_option_spec, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_option_spec, type, 4, 4);
BATON_LAYOUT_FIELD(baton_option_spec, name, 8, 8);
BATON_LAYOUT_FIELD(baton_option_spec, default_value, 16, 12);
BATON_LAYOUT_FIELD(baton_option_spec, help, 24, 16);
BATON_LAYOUT_FIELD(baton_option_spec, choices, 32, 20);
BATON_LAYOUT_SIZE(baton_option_spec, 40, 24);

BATON_LAYOUT_FIELD(baton_options, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_options, reserved, 4, 4);
BATON_LAYOUT_FIELD(baton_options, context, 8, 8);
BATON_LAYOUT_FIELD(baton_options, get, 16, 12);
BATON_LAYOUT_SIZE(baton_options, 24, 16);

BATON_LAYOUT_FIELD(baton_device_info, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_device_info, flags, 4, 4);
BATON_LAYOUT_FIELD(baton_device_info, name, 8, 8);
BATON_LAYOUT_FIELD(baton_device_info, driver, 16, 12);
BATON_LAYOUT_FIELD(baton_device_info, unusable_reason, 24, 16);
BATON_LAYOUT_FIELD(baton_device_info, kind, 32, 20);
BATON_LAYOUT_FIELD(baton_device_info, reserved, 36, 24);
BATON_LAYOUT_FIELD(baton_device_info, memory_bytes, 40, 32);
BATON_LAYOUT_FIELD(baton_device_info, launch_ns, 48, 40);
BATON_LAYOUT_FIELD(baton_device_info, transfer_bytes_per_us, 56, 48);
BATON_LAYOUT_SIZE(baton_device_info, 64, 56);

BATON_LAYOUT_FIELD(baton_answer, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_answer, reserved, 4, 4);
BATON_LAYOUT_FIELD(baton_answer, context, 8, 8);
BATON_LAYOUT_FIELD(baton_answer, yes, 16, 12);
BATON_LAYOUT_FIELD(baton_answer, no, 24, 16);
BATON_LAYOUT_FIELD(baton_answer, group, 32, 20);
BATON_LAYOUT_SIZE(baton_answer, 40, 24);

BATON_LAYOUT_FIELD(baton_instance_info, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_instance_info, reserved, 4, 4);
BATON_LAYOUT_FIELD(baton_instance_info, scratch_bytes, 8, 8);
BATON_LAYOUT_SIZE(baton_instance_info, 16, 16);

BATON_LAYOUT_FIELD(baton_delegate, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_delegate, reserved, 4, 4);
BATON_LAYOUT_FIELD(baton_delegate, device_count, 8, 8);
BATON_LAYOUT_FIELD(baton_delegate, device, 16, 12);
BATON_LAYOUT_FIELD(baton_delegate, max_version, 24, 16);
BATON_LAYOUT_FIELD(baton_delegate, examine, 32, 20);
BATON_LAYOUT_FIELD(baton_delegate, compile, 40, 24);
BATON_LAYOUT_FIELD(baton_delegate, destroy_program, 48, 28);
BATON_LAYOUT_FIELD(baton_delegate, instantiate, 56, 32);
BATON_LAYOUT_FIELD(baton_delegate, reshape, 64, 36);
BATON_LAYOUT_FIELD(baton_delegate, execute, 72, 40);
BATON_LAYOUT_FIELD(baton_delegate, destroy_instance, 80, 44);
BATON_LAYOUT_SIZE(baton_delegate, 88, 48);

BATON_LAYOUT_FIELD(baton_kernel_call, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_kernel_call, reserved, 4, 4);
BATON_LAYOUT_FIELD(baton_kernel_call, context, 8, 8);
BATON_LAYOUT_FIELD(baton_kernel_call, node, 16, 12);
BATON_LAYOUT_FIELD(baton_kernel_call, execution, 24, 16);
BATON_LAYOUT_FIELD(baton_kernel_call, input, 32, 20);
BATON_LAYOUT_FIELD(baton_kernel_call, output, 40, 24);
BATON_LAYOUT_FIELD(baton_kernel_call, output_data, 48, 28);
BATON_LAYOUT_FIELD(baton_kernel_call, set_output_dims, 56, 32);
BATON_LAYOUT_SIZE(baton_kernel_call, 64, 36);

BATON_LAYOUT_FIELD(baton_custom_operator, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_custom_operator, max_version, 4, 4);
BATON_LAYOUT_FIELD(baton_custom_operator, name, 8, 8);
BATON_LAYOUT_FIELD(baton_custom_operator, help, 16, 12);
BATON_LAYOUT_FIELD(baton_custom_operator, infer, 24, 16);
BATON_LAYOUT_FIELD(baton_custom_operator, run, 32, 20);
BATON_LAYOUT_SIZE(baton_custom_operator, 40, 24);

BATON_LAYOUT_FIELD(baton_plugin_info, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_plugin_info, abi_version, 4, 4);
BATON_LAYOUT_FIELD(baton_plugin_info, name, 8, 8);
BATON_LAYOUT_FIELD(baton_plugin_info, vendor, 16, 12);
BATON_LAYOUT_FIELD(baton_plugin_info, version, 24, 16);
BATON_LAYOUT_FIELD(baton_plugin_info, description, 32, 20);
BATON_LAYOUT_FIELD(baton_plugin_info, option_count, 40, 24);
BATON_LAYOUT_FIELD(baton_plugin_info, operator_count, 44, 28);
BATON_LAYOUT_FIELD(baton_plugin_info, flags, 48, 32);
BATON_LAYOUT_FIELD(baton_plugin_info, reserved, 52, 36);
BATON_LAYOUT_FIELD(baton_plugin_info, option, 56, 40);
BATON_LAYOUT_FIELD(baton_plugin_info, custom_operator, 64, 44);
BATON_LAYOUT_FIELD(baton_plugin_info, delegate, 72, 48);
BATON_LAYOUT_FIELD(baton_plugin_info, create, 80, 52);
BATON_LAYOUT_FIELD(baton_plugin_info, destroy, 88, 56);
BATON_LAYOUT_FIELD(baton_plugin_info, get_extension, 96, 60);
BATON_LAYOUT_SIZE(baton_plugin_info, 104, 64);

BATON_LAYOUT_FIELD(baton_ext_program_cache, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_ext_program_cache, reserved, 4, 4);
BATON_LAYOUT_FIELD(baton_ext_program_cache, save, 8, 8);
BATON_LAYOUT_FIELD(baton_ext_program_cache, validate, 16, 12);
BATON_LAYOUT_FIELD(baton_ext_program_cache, load, 24, 16);
BATON_LAYOUT_SIZE(baton_ext_program_cache, 32, 20);

BATON_LAYOUT_FIELD(baton_ext_profile, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_ext_profile, reserved, 4, 4);
BATON_LAYOUT_FIELD(baton_ext_profile, enable, 8, 8);
BATON_LAYOUT_FIELD(baton_ext_profile, read, 16, 12);
BATON_LAYOUT_SIZE(baton_ext_profile, 24, 16);

BATON_LAYOUT_FIELD(baton_ext_async, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_ext_async, reserved, 4, 4);
BATON_LAYOUT_FIELD(baton_ext_async, submit, 8, 8);
BATON_LAYOUT_FIELD(baton_ext_async, wait, 16, 12);
BATON_LAYOUT_FIELD(baton_ext_async, cancel, 24, 16);
BATON_LAYOUT_FIELD(baton_ext_async, destroy_fence, 32, 20);
BATON_LAYOUT_SIZE(baton_ext_async, 40, 24);

BATON_LAYOUT_FIELD(baton_ext_device_buffers, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_ext_device_buffers, reserved, 4, 4);
BATON_LAYOUT_FIELD(baton_ext_device_buffers, allocate, 8, 8);
BATON_LAYOUT_FIELD(baton_ext_device_buffers, release, 16, 12);
BATON_LAYOUT_FIELD(baton_ext_device_buffers, upload, 24, 16);
BATON_LAYOUT_FIELD(baton_ext_device_buffers, download, 32, 20);
BATON_LAYOUT_SIZE(baton_ext_device_buffers, 40, 24);

BATON_LAYOUT_FIELD(baton_ext_intermediates, struct_size, 0, 0);
BATON_LAYOUT_FIELD(baton_ext_intermediates, reserved, 4, 4);
BATON_LAYOUT_FIELD(baton_ext_intermediates, keep, 8, 8);
BATON_LAYOUT_FIELD(baton_ext_intermediates, read, 16, 12);
BATON_LAYOUT_SIZE(baton_ext_intermediates, 24, 16);

#endif

#undef BATON_LAYOUT_SIZE
#undef BATON_LAYOUT_FIELD
#undef BATON_LAYOUT_ASSERT
#undef BATON_LAYOUT_PICK

#endif /* BATON_PLUGIN_LAYOUT_H_ */
