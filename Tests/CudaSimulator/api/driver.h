// The part of the CUDA driver's interface that this library exports: types as they lie in memory, codes and prototypes.
#pragma once
#include <cstddef>

#define MCSIM_API extern "C" __attribute__((visibility("default")))

using CUresult = int;
using CUdevice = int;
using CUdeviceptr = unsigned long long;
using CUcontext = struct CUctx_st*;
using CUstream = struct CUstream_st*;
using CUevent = struct CUevent_st*;
using CUmodule = struct CUmod_st*;
using CUfunction = struct CUfunc_st*;
using CUmemoryPool = struct CUmemPoolHandle_st*;
using CUgraph = struct CUgraph_st*;
using CUgraphNode = struct CUgraphNode_st*;
using CUgraphExec = struct CUgraphExec_st*;

enum : CUresult {
    CUDA_SUCCESS = 0,
    CUDA_ERROR_INVALID_VALUE = 1,
    CUDA_ERROR_OUT_OF_MEMORY = 2,
    CUDA_ERROR_NOT_INITIALIZED = 3,
    CUDA_ERROR_DEINITIALIZED = 4,
    CUDA_ERROR_NO_DEVICE = 100,
    CUDA_ERROR_INVALID_DEVICE = 101,
    CUDA_ERROR_INVALID_IMAGE = 200,
    CUDA_ERROR_INVALID_CONTEXT = 201,
    CUDA_ERROR_NO_BINARY_FOR_GPU = 209,
    CUDA_ERROR_INVALID_PTX = 218,
    CUDA_ERROR_INVALID_SOURCE = 300,
    CUDA_ERROR_INVALID_HANDLE = 400,
    CUDA_ERROR_ILLEGAL_STATE = 401,
    CUDA_ERROR_NOT_FOUND = 500,
    CUDA_ERROR_NOT_READY = 600,
    CUDA_ERROR_ILLEGAL_ADDRESS = 700,
    CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES = 701,
    CUDA_ERROR_LAUNCH_TIMEOUT = 702,
    CUDA_ERROR_ASSERT = 710,
    CUDA_ERROR_ILLEGAL_INSTRUCTION = 715,
    CUDA_ERROR_MISALIGNED_ADDRESS = 716,
    CUDA_ERROR_LAUNCH_FAILED = 719,
    CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE = 720,
    CUDA_ERROR_NOT_SUPPORTED = 801,
    CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED = 900,
    CUDA_ERROR_STREAM_CAPTURE_INVALIDATED = 901,
    CUDA_ERROR_STREAM_CAPTURE_MERGE = 902,
    CUDA_ERROR_STREAM_CAPTURE_UNMATCHED = 903,
    CUDA_ERROR_STREAM_CAPTURE_UNJOINED = 904,
    CUDA_ERROR_STREAM_CAPTURE_ISOLATION = 905,
    CUDA_ERROR_STREAM_CAPTURE_IMPLICIT = 906,
    CUDA_ERROR_CAPTURED_EVENT = 907,
    CUDA_ERROR_STREAM_CAPTURE_WRONG_THREAD = 908,
    CUDA_ERROR_GRAPH_EXEC_UPDATE_FAILURE = 910,
    CUDA_ERROR_UNKNOWN = 999,
};

enum { CU_STREAM_DEFAULT = 0, CU_STREAM_NON_BLOCKING = 1 };
enum { CU_EVENT_DEFAULT = 0, CU_EVENT_BLOCKING_SYNC = 1, CU_EVENT_DISABLE_TIMING = 2 };
enum { CU_STREAM_CAPTURE_MODE_GLOBAL = 0, CU_STREAM_CAPTURE_MODE_THREAD_LOCAL = 1, CU_STREAM_CAPTURE_MODE_RELAXED = 2 };
enum { CU_STREAM_CAPTURE_STATUS_NONE = 0, CU_STREAM_CAPTURE_STATUS_ACTIVE = 1,
       CU_STREAM_CAPTURE_STATUS_INVALIDATED = 2 };
enum { CU_GRAPH_NODE_TYPE_KERNEL = 0, CU_GRAPH_NODE_TYPE_MEMCPY = 1, CU_GRAPH_NODE_TYPE_MEMSET = 2,
       CU_GRAPH_NODE_TYPE_EMPTY = 5, CU_GRAPH_NODE_TYPE_MEM_ALLOC = 10, CU_GRAPH_NODE_TYPE_MEM_FREE = 11 };
enum { CU_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK = 0, CU_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES = 1,
       CU_FUNC_ATTRIBUTE_NUM_REGS = 4, CU_FUNC_ATTRIBUTE_PTX_VERSION = 5, CU_FUNC_ATTRIBUTE_BINARY_VERSION = 6,
       CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8,
       CU_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT = 9 };
enum { CU_LAUNCH_ATTRIBUTE_COOPERATIVE = 2, CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION = 4,
       CU_LAUNCH_ATTRIBUTE_PROGRAMMATIC_STREAM_SERIALIZATION = 6 };
enum { CU_JIT_ERROR_LOG_BUFFER = 5, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6 };
enum { CU_MEMPOOL_ATTR_RELEASE_THRESHOLD = 4, CU_MEMPOOL_ATTR_USED_MEM_CURRENT = 7 };

struct CUuuid { char bytes[16]; };
struct CUlaunchAttribute { int id; int padding; union { char bytes[64]; unsigned words[16]; } value; };
struct CUlaunchConfig {
    unsigned gridDimX, gridDimY, gridDimZ, blockDimX, blockDimY, blockDimZ, sharedMemBytes;
    CUstream hStream;
    CUlaunchAttribute* attrs;
    unsigned numAttrs;
};
struct CUDA_KERNEL_NODE_PARAMS {
    CUfunction func;
    unsigned gridDimX, gridDimY, gridDimZ, blockDimX, blockDimY, blockDimZ, sharedMemBytes;
    void** kernelParams;
    void** extra;
    void* kern;
    CUcontext ctx;
};
struct CUgraphExecUpdateResultInfo { int result; CUgraphNode errorNode, errorFromNode; };

MCSIM_API CUresult cuInit(unsigned flags);
MCSIM_API CUresult cuDriverGetVersion(int* version);
MCSIM_API CUresult cuGetErrorName(CUresult error, const char** name);
MCSIM_API CUresult cuGetErrorString(CUresult error, const char** text);
MCSIM_API CUresult cuDeviceGetCount(int* count);
MCSIM_API CUresult cuDeviceGet(CUdevice* device, int ordinal);
MCSIM_API CUresult cuDeviceGetName(char* name, int length, CUdevice device);
MCSIM_API CUresult cuDeviceGetUuid_v2(CUuuid* uuid, CUdevice device);
MCSIM_API CUresult cuDeviceGetPCIBusId(char* id, int length, CUdevice device);
MCSIM_API CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device);
MCSIM_API CUresult cuDeviceGetAttribute(int* value, int attribute, CUdevice device);
MCSIM_API CUresult cuDeviceCanAccessPeer(int* can, CUdevice device, CUdevice peer);
MCSIM_API CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device);
MCSIM_API CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device);
MCSIM_API CUresult cuDevicePrimaryCtxReset_v2(CUdevice device);
MCSIM_API CUresult cuCtxSetCurrent(CUcontext context);
MCSIM_API CUresult cuCtxGetCurrent(CUcontext* context);
MCSIM_API CUresult cuCtxGetDevice(CUdevice* device);
MCSIM_API CUresult cuCtxSynchronize();

MCSIM_API CUresult cuMemGetInfo_v2(size_t* free, size_t* total);
MCSIM_API CUresult cuMemAlloc_v2(CUdeviceptr* pointer, size_t bytes);
MCSIM_API CUresult cuMemFree_v2(CUdeviceptr pointer);
MCSIM_API CUresult cuMemAllocAsync(CUdeviceptr* pointer, size_t bytes, CUstream stream);
MCSIM_API CUresult cuMemFreeAsync(CUdeviceptr pointer, CUstream stream);
MCSIM_API CUresult cuDeviceGetDefaultMemPool(CUmemoryPool* pool, CUdevice device);
MCSIM_API CUresult cuMemPoolSetAttribute(CUmemoryPool pool, int attribute, void* value);
MCSIM_API CUresult cuMemPoolGetAttribute(CUmemoryPool pool, int attribute, void* value);
MCSIM_API CUresult cuMemPoolTrimTo(CUmemoryPool pool, size_t bytes);
MCSIM_API CUresult cuMemHostAlloc(void** pointer, size_t bytes, unsigned flags);
MCSIM_API CUresult cuMemFreeHost(void* pointer);
MCSIM_API CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t bytes);
MCSIM_API CUresult cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t bytes);
MCSIM_API CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, CUstream stream);
MCSIM_API CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, CUstream stream);
MCSIM_API CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream);
MCSIM_API CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream);
MCSIM_API CUresult cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, CUstream stream);

MCSIM_API CUresult cuStreamCreate(CUstream* stream, unsigned flags);
MCSIM_API CUresult cuStreamCreateWithPriority(CUstream* stream, unsigned flags, int priority);
MCSIM_API CUresult cuStreamDestroy_v2(CUstream stream);
MCSIM_API CUresult cuStreamSynchronize(CUstream stream);
MCSIM_API CUresult cuStreamQuery(CUstream stream);
MCSIM_API CUresult cuStreamWaitEvent(CUstream stream, CUevent event, unsigned flags);
MCSIM_API CUresult cuEventCreate(CUevent* event, unsigned flags);
MCSIM_API CUresult cuEventRecord(CUevent event, CUstream stream);
MCSIM_API CUresult cuEventQuery(CUevent event);
MCSIM_API CUresult cuEventSynchronize(CUevent event);
MCSIM_API CUresult cuEventElapsedTime(float* milliseconds, CUevent start, CUevent end);
MCSIM_API CUresult cuEventElapsedTime_v2(float* milliseconds, CUevent start, CUevent end);
MCSIM_API CUresult cuEventDestroy_v2(CUevent event);

MCSIM_API CUresult cuModuleLoadData(CUmodule* module, const void* image);
MCSIM_API CUresult cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned count, int* options, void** values);
MCSIM_API CUresult cuModuleUnload(CUmodule module);
MCSIM_API CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name);
MCSIM_API CUresult cuModuleGetGlobal_v2(CUdeviceptr* pointer, size_t* bytes, CUmodule module, const char* name);
MCSIM_API CUresult cuFuncSetAttribute(CUfunction function, int attribute, int value);
MCSIM_API CUresult cuFuncGetAttribute(int* value, int attribute, CUfunction function);
MCSIM_API CUresult cuFuncGetName(const char** name, CUfunction function);
MCSIM_API CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, CUfunction function, int blockSize,
                                                               size_t dynamicBytes);
MCSIM_API CUresult cuLaunchKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ, unsigned blockX,
                                  unsigned blockY, unsigned blockZ, unsigned sharedBytes, CUstream stream,
                                  void** parameters, void** extra);
MCSIM_API CUresult cuLaunchKernelEx(const CUlaunchConfig* config, CUfunction function, void** parameters, void** extra);
MCSIM_API CUresult cuLaunchCooperativeKernel(CUfunction function, unsigned gridX, unsigned gridY, unsigned gridZ,
                                             unsigned blockX, unsigned blockY, unsigned blockZ, unsigned sharedBytes,
                                             CUstream stream, void** parameters);

MCSIM_API CUresult cuStreamBeginCapture_v2(CUstream stream, int mode);
MCSIM_API CUresult cuStreamEndCapture(CUstream stream, CUgraph* graph);
MCSIM_API CUresult cuStreamIsCapturing(CUstream stream, int* status);
MCSIM_API CUresult cuThreadExchangeStreamCaptureMode(int* mode);
MCSIM_API CUresult cuGraphInstantiateWithFlags(CUgraphExec* exec, CUgraph graph, unsigned long long flags);
MCSIM_API CUresult cuGraphUpload(CUgraphExec exec, CUstream stream);
MCSIM_API CUresult cuGraphLaunch(CUgraphExec exec, CUstream stream);
MCSIM_API CUresult cuGraphExecUpdate_v2(CUgraphExec exec, CUgraph graph, CUgraphExecUpdateResultInfo* result);
MCSIM_API CUresult cuGraphGetNodes(CUgraph graph, CUgraphNode* nodes, size_t* count);
MCSIM_API CUresult cuGraphNodeGetType(CUgraphNode node, int* type);
MCSIM_API CUresult cuGraphKernelNodeGetParams_v2(CUgraphNode node, CUDA_KERNEL_NODE_PARAMS* parameters);
MCSIM_API CUresult cuGraphExecKernelNodeSetParams_v2(CUgraphExec exec, CUgraphNode node,
                                                     const CUDA_KERNEL_NODE_PARAMS* parameters);
MCSIM_API CUresult cuGraphDebugDotPrint(CUgraph graph, const char* path, unsigned flags);
MCSIM_API CUresult cuGraphExecDestroy(CUgraphExec exec);
MCSIM_API CUresult cuGraphDestroy(CUgraph graph);
