// Hooks which the compiler's instrumentation calls: alignment and bounds always, every memory access under MCSIM_CHECK.
#pragma once

namespace simt {

struct CheckedLocation { const char* file; unsigned line, column; };
struct CheckedType { unsigned short kind, info; char name[1]; };
struct MismatchData { CheckedLocation location; const CheckedType* type; unsigned char logAlignment, use; };
struct BoundsData { CheckedLocation location; const CheckedType* array; const CheckedType* index; };

}

extern "C" __attribute__((visibility("hidden"), noinline, used)) inline void
__ubsan_handle_type_mismatch_v1_abort(simt::MismatchData* data, unsigned long) {
    simt::runtime->fail({ data->type->name, data->location.file, int(data->location.line) }, simt::failMisaligned,
                        "misaligned access to a value of this type");
    __builtin_unreachable();
}

extern "C" __attribute__((visibility("hidden"), noinline, used)) inline void
__ubsan_handle_out_of_bounds_abort(simt::BoundsData* data, unsigned long) {
    simt::runtime->fail({ data->array->name, data->location.file, int(data->location.line) }, simt::failAddress,
                        "index outside the bounds of an array of this type");
    __builtin_unreachable();
}

#ifdef SIMT_CHECK_ACCESS
#define SIMT_ACCESS(name, bytes, write) \
    extern "C" __attribute__((visibility("hidden"), noinline, used, no_sanitize("thread"))) inline void \
    name(void* address) { simt::runtime->access(address, bytes, write, __builtin_return_address(0)); }
#define SIMT_ACCESSES(bytes) \
    SIMT_ACCESS(__tsan_read##bytes, bytes, false) \
    SIMT_ACCESS(__tsan_write##bytes, bytes, true) \
    SIMT_ACCESS(__tsan_unaligned_read##bytes, bytes, false) \
    SIMT_ACCESS(__tsan_unaligned_write##bytes, bytes, true) \
    SIMT_ACCESS(__tsan_volatile_read##bytes, 0, false) \
    SIMT_ACCESS(__tsan_volatile_write##bytes, 0, true) \
    SIMT_ACCESS(__tsan_unaligned_volatile_read##bytes, 0, false) \
    SIMT_ACCESS(__tsan_unaligned_volatile_write##bytes, 0, true)
SIMT_ACCESSES(1)
SIMT_ACCESSES(2)
SIMT_ACCESSES(4)
SIMT_ACCESSES(8)
SIMT_ACCESSES(16)
#undef SIMT_ACCESSES
#undef SIMT_ACCESS
extern "C" __attribute__((visibility("hidden"), noinline, used, no_sanitize("thread"))) inline void
__tsan_read_range(void* address, unsigned long bytes) {
    simt::runtime->access(address, unsigned(bytes), false, __builtin_return_address(0));
}
extern "C" __attribute__((visibility("hidden"), noinline, used, no_sanitize("thread"))) inline void
__tsan_write_range(void* address, unsigned long bytes) {
    simt::runtime->access(address, unsigned(bytes), true, __builtin_return_address(0));
}
extern "C" __attribute__((visibility("hidden"), used, no_sanitize("thread"))) inline void __tsan_func_entry(void*) {}
extern "C" __attribute__((visibility("hidden"), used, no_sanitize("thread"))) inline void __tsan_func_exit() {}
extern "C" __attribute__((visibility("hidden"), used, no_sanitize("thread"))) inline void __tsan_init() {}
#endif
