// The part of NVRTC's interface that this library exports.
#pragma once
#include "driver.h"

using nvrtcResult = int;
using nvrtcProgram = struct _nvrtcProgram*;

enum : nvrtcResult {
    NVRTC_SUCCESS = 0,
    NVRTC_ERROR_OUT_OF_MEMORY = 1,
    NVRTC_ERROR_PROGRAM_CREATION_FAILURE = 2,
    NVRTC_ERROR_INVALID_INPUT = 3,
    NVRTC_ERROR_INVALID_PROGRAM = 4,
    NVRTC_ERROR_INVALID_OPTION = 5,
    NVRTC_ERROR_COMPILATION = 6,
    NVRTC_ERROR_BUILTIN_OPERATION_FAILURE = 7,
    NVRTC_ERROR_INTERNAL_ERROR = 11,
};

MCSIM_API nvrtcResult nvrtcVersion(int* major, int* minor);
MCSIM_API nvrtcResult nvrtcGetNumSupportedArchs(int* count);
MCSIM_API nvrtcResult nvrtcGetSupportedArchs(int* archs);
MCSIM_API nvrtcResult nvrtcCreateProgram(nvrtcProgram* program, const char* source, const char* name, int headerCount,
                                         const char* const* headers, const char* const* includeNames);
MCSIM_API nvrtcResult nvrtcCompileProgram(nvrtcProgram program, int optionCount, const char* const* options);
MCSIM_API nvrtcResult nvrtcGetCUBINSize(nvrtcProgram program, size_t* bytes);
MCSIM_API nvrtcResult nvrtcGetCUBIN(nvrtcProgram program, char* cubin);
MCSIM_API nvrtcResult nvrtcGetPTXSize(nvrtcProgram program, size_t* bytes);
MCSIM_API nvrtcResult nvrtcGetPTX(nvrtcProgram program, char* ptx);
MCSIM_API nvrtcResult nvrtcGetProgramLogSize(nvrtcProgram program, size_t* bytes);
MCSIM_API nvrtcResult nvrtcGetProgramLog(nvrtcProgram program, char* log);
MCSIM_API nvrtcResult nvrtcDestroyProgram(nvrtcProgram* program);
MCSIM_API const char* nvrtcGetErrorString(nvrtcResult result);
