// Initialisation, devices, primary contexts, errors' names.
#include "device.h"
#include <algorithm>
#include <cstdio>
#include <cstring>
#include "../api/mcsim.h"
#include "blas.h"
#include "capture.h"
#include "config.h"
#include "fault.h"
#include "graph.h"
#include "memory.h"
#include "nvrtc.h"
#include "stream.h"

namespace mcsim {
namespace {

bool initialized = false;
thread_local CUcontext current = nullptr;

constexpr int maxDevices = 8;
constexpr uintptr_t contextTag = uintptr_t(0x4040) << 32;

Device* devices() {
    static Device table[maxDevices];
    return table;
}

int deviceCount() { return std::clamp(config().devices, 0, maxDevices); }

void prepare(Device& device, int ordinal) {
    if (device.handle) return;
    device.ordinal = ordinal;
    device.handle = reinterpret_cast<CUcontext>(contextTag | uintptr_t(ordinal + 1) << 4);
    auto stream = [&](bool legacy) {
        auto made = std::make_shared<Stream>();
        made->device = &device;
        made->legacy = legacy;
        made->order = legacy ? 1 : 2;
        return made;
    };
    device.defaultStream = stream(true);
    device.perThreadStream = stream(false);
}

struct ErrorText { CUresult code; const char* name; const char* text; };

const ErrorText errorTexts[] = {
    { CUDA_SUCCESS, "CUDA_SUCCESS", "no error" },
    { CUDA_ERROR_INVALID_VALUE, "CUDA_ERROR_INVALID_VALUE", "invalid argument" },
    { CUDA_ERROR_OUT_OF_MEMORY, "CUDA_ERROR_OUT_OF_MEMORY", "out of memory" },
    { CUDA_ERROR_NOT_INITIALIZED, "CUDA_ERROR_NOT_INITIALIZED", "initialization error" },
    { CUDA_ERROR_DEINITIALIZED, "CUDA_ERROR_DEINITIALIZED", "driver shutting down" },
    { CUDA_ERROR_NO_DEVICE, "CUDA_ERROR_NO_DEVICE", "no CUDA-capable device is detected" },
    { CUDA_ERROR_INVALID_DEVICE, "CUDA_ERROR_INVALID_DEVICE", "invalid device ordinal" },
    { CUDA_ERROR_INVALID_IMAGE, "CUDA_ERROR_INVALID_IMAGE", "device kernel image is invalid" },
    { CUDA_ERROR_INVALID_CONTEXT, "CUDA_ERROR_INVALID_CONTEXT", "invalid device context" },
    { CUDA_ERROR_NO_BINARY_FOR_GPU, "CUDA_ERROR_NO_BINARY_FOR_GPU",
      "no kernel image is available for execution on the device" },
    { CUDA_ERROR_INVALID_PTX, "CUDA_ERROR_INVALID_PTX", "a PTX JIT compilation failed" },
    { CUDA_ERROR_INVALID_SOURCE, "CUDA_ERROR_INVALID_SOURCE", "device kernel image is invalid" },
    { CUDA_ERROR_INVALID_HANDLE, "CUDA_ERROR_INVALID_HANDLE", "invalid resource handle" },
    { CUDA_ERROR_ILLEGAL_STATE, "CUDA_ERROR_ILLEGAL_STATE", "the operation cannot be performed in the present state" },
    { CUDA_ERROR_NOT_FOUND, "CUDA_ERROR_NOT_FOUND", "named symbol not found" },
    { CUDA_ERROR_NOT_READY, "CUDA_ERROR_NOT_READY", "device not ready" },
    { CUDA_ERROR_ILLEGAL_ADDRESS, "CUDA_ERROR_ILLEGAL_ADDRESS", "an illegal memory access was encountered" },
    { CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES, "CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES",
      "too many resources requested for launch" },
    { CUDA_ERROR_LAUNCH_TIMEOUT, "CUDA_ERROR_LAUNCH_TIMEOUT", "the launch timed out and was terminated" },
    { CUDA_ERROR_ASSERT, "CUDA_ERROR_ASSERT", "device-side assert triggered" },
    { CUDA_ERROR_ILLEGAL_INSTRUCTION, "CUDA_ERROR_ILLEGAL_INSTRUCTION", "an illegal instruction was encountered" },
    { CUDA_ERROR_MISALIGNED_ADDRESS, "CUDA_ERROR_MISALIGNED_ADDRESS", "misaligned address" },
    { CUDA_ERROR_LAUNCH_FAILED, "CUDA_ERROR_LAUNCH_FAILED", "unspecified launch failure" },
    { CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE, "CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE",
      "too many blocks in cooperative launch" },
    { CUDA_ERROR_NOT_SUPPORTED, "CUDA_ERROR_NOT_SUPPORTED", "operation not supported" },
    { CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, "CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED",
      "operation not permitted when stream is capturing" },
    { CUDA_ERROR_STREAM_CAPTURE_INVALIDATED, "CUDA_ERROR_STREAM_CAPTURE_INVALIDATED",
      "operation failed due to a previous error during capture" },
    { CUDA_ERROR_STREAM_CAPTURE_MERGE, "CUDA_ERROR_STREAM_CAPTURE_MERGE",
      "operation would result in a merge of separate capture sequences" },
    { CUDA_ERROR_STREAM_CAPTURE_UNMATCHED, "CUDA_ERROR_STREAM_CAPTURE_UNMATCHED",
      "capture was not ended in the same stream as it began" },
    { CUDA_ERROR_STREAM_CAPTURE_UNJOINED, "CUDA_ERROR_STREAM_CAPTURE_UNJOINED", "capturing stream has unjoined work" },
    { CUDA_ERROR_STREAM_CAPTURE_ISOLATION, "CUDA_ERROR_STREAM_CAPTURE_ISOLATION",
      "dependency created on uncaptured work in another stream" },
    { CUDA_ERROR_STREAM_CAPTURE_IMPLICIT, "CUDA_ERROR_STREAM_CAPTURE_IMPLICIT",
      "operation would make the legacy stream depend on a capturing blocking stream" },
    { CUDA_ERROR_CAPTURED_EVENT, "CUDA_ERROR_CAPTURED_EVENT",
      "operation not permitted on an event last recorded in a capturing stream" },
    { CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD, "CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD",
      "attempt to terminate a thread-local capture sequence from another thread" },
    { CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE, "CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE",
      "the graph update was not performed because it included changes which violated constraints specific to "
      "instantiated graph update" },
    { CUDA_ERROR_UNKNOWN, "CUDA_ERROR_UNKNOWN", "unknown error" },
};

const ErrorText* errorText(CUresult code) {
    for (const ErrorText& text : errorTexts)
        if (text.code == code) return &text;
    return nullptr;
}

bool validDevice(CUdevice device) { return device >= 0 && device < deviceCount(); }

int attributeValue(int attribute) {
    switch (attribute) {
    case 1: return int(maxThreadsPerBlock);
    case 2: case 3: return 1024;
    case 4: return 64;
    case 5: return 0x7fffffff;
    case 6: case 7: return int(maxGridYZ);
    case 8: return int(sharedPerBlock);
    case 10: return 32;
    case 12: return 65536;
    case 13: return 1980000;
    case 16: return config().multiprocessors;
    case 31: case 41: case 95: case 115: return 1;
    case 36: return 2619000;
    case 37: return 5120;
    case 38: return 50 << 20;
    case 39: return 2048;
    case 75: return config().computeCapability / 10;
    case 76: return config().computeCapability % 10;
    case 81: return int(sharedPerMultiprocessor);
    case 82: return 65536;
    case 97: return int(sharedOptIn);
    case 106: return 32;
    case 111: return 1024;
    default: return 0;
    }
}

}

Device* deviceAt(int ordinal) {
    prepare(devices()[ordinal], ordinal);
    return &devices()[ordinal];
}

Device* deviceOf(CUcontext context) {
    for (int i = 0; i < deviceCount(); i++)
        if (devices()[i].handle == context && devices()[i].retained) return &devices()[i];
    return nullptr;
}

Device* currentDevice() { return current ? deviceOf(current) : nullptr; }

CUresult callRefusal(Needs needs) {
    if (!initialized) return CUDA_ERROR_NOT_INITIALIZED;
    if (needs == Needs::Init) return CUDA_SUCCESS;
    if (!currentDevice()) return CUDA_ERROR_INVALID_CONTEXT;
    return stickyError();
}

const char* errorName(CUresult code) {
    const ErrorText* text = errorText(code);
    return text ? text->name : "an unknown error";
}

void resetDevice() {
    dropStreams();
    dropGraphs();
    dropEvents();
    dropModules();
    dropBlas();
    dropPrograms();
    dropHostMemory();
    deviceMemory().releaseAll();
}

}

using namespace mcsim;

MCSIM_API CUresult cuInit(unsigned flags) {
    DRIVER_CALL(cuInit, Nothing);
    if (flags) return CUDA_ERROR_INVALID_VALUE;
    if (deviceCount() == 0) return CUDA_ERROR_NO_DEVICE;
    if (!initialized) installFaultHandlers();
    initialized = true;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuDriverGetVersion(int* version) {
    DRIVER_CALL(cuDriverGetVersion, Nothing);
    if (!version) return CUDA_ERROR_INVALID_VALUE;
    *version = config().driverVersion;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuGetErrorName(CUresult error, const char** name) {
    DRIVER_CALL(cuGetErrorName, Nothing);
    const ErrorText* found = errorText(error);
    if (!name) return CUDA_ERROR_INVALID_VALUE;
    *name = found ? found->name : nullptr;
    return found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

MCSIM_API CUresult cuGetErrorString(CUresult error, const char** text) {
    DRIVER_CALL(cuGetErrorString, Nothing);
    const ErrorText* found = errorText(error);
    if (!text) return CUDA_ERROR_INVALID_VALUE;
    *text = found ? found->text : nullptr;
    return found ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

MCSIM_API CUresult cuDeviceGetCount(int* count) {
    DRIVER_CALL(cuDeviceGetCount, Init);
    if (!count) return CUDA_ERROR_INVALID_VALUE;
    *count = deviceCount();
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuDeviceGet(CUdevice* device, int ordinal) {
    DRIVER_CALL(cuDeviceGet, Init);
    if (!device) return CUDA_ERROR_INVALID_VALUE;
    if (!validDevice(ordinal)) return CUDA_ERROR_INVALID_DEVICE;
    *device = ordinal;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
    DRIVER_CALL(cuDeviceGetName, Init);
    if (!validDevice(device)) return CUDA_ERROR_INVALID_DEVICE;
    if (!name || length <= 0) return CUDA_ERROR_INVALID_VALUE;
    std::snprintf(name, size_t(length), "ModelCompiler CUDA simulator");
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuDeviceGetUuid_v2(CUuuid* uuid, CUdevice device) {
    DRIVER_CALL(cuDeviceGetUuid_v2, Init);
    if (!validDevice(device)) return CUDA_ERROR_INVALID_DEVICE;
    if (!uuid) return CUDA_ERROR_INVALID_VALUE;
    std::memset(uuid, 0, sizeof *uuid);
    std::memcpy(uuid->bytes, "mcsim", 5);
    uuid->bytes[15] = char(device);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuDeviceGetPCIBusId(char* id, int length, CUdevice device) {
    DRIVER_CALL(cuDeviceGetPCIBusId, Init);
    if (!validDevice(device)) return CUDA_ERROR_INVALID_DEVICE;
    if (!id || length < 13) return CUDA_ERROR_INVALID_VALUE;
    std::snprintf(id, size_t(length), "0000:%02X:00.0", device + 1);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
    DRIVER_CALL(cuDeviceTotalMem_v2, Init);
    if (!validDevice(device)) return CUDA_ERROR_INVALID_DEVICE;
    if (!bytes) return CUDA_ERROR_INVALID_VALUE;
    *bytes = config().memory;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuDeviceGetAttribute(int* value, int attribute, CUdevice device) {
    DRIVER_CALL(cuDeviceGetAttribute, Init);
    if (!validDevice(device)) return CUDA_ERROR_INVALID_DEVICE;
    if (!value || attribute <= 0) return CUDA_ERROR_INVALID_VALUE;
    *value = attributeValue(attribute);
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuDeviceCanAccessPeer(int* can, CUdevice device, CUdevice peer) {
    DRIVER_CALL(cuDeviceCanAccessPeer, Init);
    if (!validDevice(device) || !validDevice(peer)) return CUDA_ERROR_INVALID_DEVICE;
    if (!can) return CUDA_ERROR_INVALID_VALUE;
    *can = device != peer;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
    DRIVER_CALL(cuDevicePrimaryCtxRetain, Init);
    if (!validDevice(device)) return CUDA_ERROR_INVALID_DEVICE;
    if (!context) return CUDA_ERROR_INVALID_VALUE;
    deviceAt(device)->retained++;
    *context = deviceAt(device)->handle;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    DRIVER_CALL(cuDevicePrimaryCtxRelease_v2, Init);
    if (!validDevice(device)) return CUDA_ERROR_INVALID_DEVICE;
    if (deviceAt(device)->retained == 0) return CUDA_ERROR_INVALID_CONTEXT;
    if (--deviceAt(device)->retained == 0) completeAll();
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) {
    DRIVER_CALL(cuDevicePrimaryCtxReset_v2, Init);
    if (!validDevice(device)) return CUDA_ERROR_INVALID_DEVICE;
    resetDevice();
    clearStickyError();
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuCtxSetCurrent(CUcontext context) {
    DRIVER_CALL(cuCtxSetCurrent, Init);
    if (context && !deviceOf(context)) return CUDA_ERROR_INVALID_CONTEXT;
    current = context;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuCtxGetCurrent(CUcontext* context) {
    DRIVER_CALL(cuCtxGetCurrent, Init);
    if (!context) return CUDA_ERROR_INVALID_VALUE;
    *context = current;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuCtxGetDevice(CUdevice* device) {
    DRIVER_CALL(cuCtxGetDevice, Init);
    if (!device) return CUDA_ERROR_INVALID_VALUE;
    if (!currentDevice()) return CUDA_ERROR_INVALID_CONTEXT;
    *device = currentDevice()->ordinal;
    return CUDA_SUCCESS;
}

MCSIM_API CUresult cuCtxSynchronize() {
    DRIVER_CALL(cuCtxSynchronize, Context);
    if (CUresult code = anyCaptureViolation("cuCtxSynchronize")) return code;
    return completeAll();
}
