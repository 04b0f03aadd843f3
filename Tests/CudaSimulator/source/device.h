// Devices, primary contexts and what a call needs of them.
#pragma once
#include <memory>
#include "log.h"

namespace mcsim {

struct Stream;

struct Device {
    int ordinal = 0;
    int retained = 0;
    size_t used = 0;
    CUcontext handle = nullptr;
    std::shared_ptr<Stream> defaultStream, perThreadStream;
};

constexpr unsigned maxThreadsPerBlock = 1024;
constexpr size_t sharedPerBlock = 48 << 10;
constexpr size_t sharedOptIn = 227 << 10;
constexpr size_t sharedPerMultiprocessor = 228 << 10;
constexpr unsigned maxGridYZ = 65535;

/// The device of the calling thread's current context, or null.
Device* currentDevice();
Device* deviceOf(CUcontext context);
Device* deviceAt(int ordinal);

/// The code with which a call is refused: not initialised, no context, or a corrupted context.
CUresult callRefusal(Needs needs);

const char* errorName(CUresult code);

/// Drops everything; for mcsimResetDevice and cuDevicePrimaryCtxReset.
void resetDevice();

}
