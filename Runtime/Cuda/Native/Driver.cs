using System.Runtime.InteropServices;

namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>
/// The functions of the CUDA driver that are used, under their own names so that NVIDIA's reference can be searched
/// for them. All arguments are blittable, so a call is a plain jump; functions bind on their first call, so nothing is
/// asked of a machine without CUDA.
/// </summary>
/// <remarks>Handles are <c>nint</c>, addresses on the device <c>ulong</c>, text is UTF-8 that ends with 0. The names
/// with <c>_v2</c> are those that cuda.h's macros choose.</remarks>
static unsafe partial class Driver
{
    const string Library = CudaLibraries.DriverName;

    // The device and its driver.

    [LibraryImport(Library)]
    public static partial CudaResult cuInit(uint flags);

    [LibraryImport(Library)]
    public static partial CudaResult cuDriverGetVersion(int* version);

    [LibraryImport(Library)]
    public static partial CudaResult cuGetErrorName(CudaResult error, byte** name);

    [LibraryImport(Library)]
    public static partial CudaResult cuGetErrorString(CudaResult error, byte** text);

    [LibraryImport(Library)]
    public static partial CudaResult cuDeviceGetCount(int* count);

    [LibraryImport(Library)]
    public static partial CudaResult cuDeviceGet(int* device, int ordinal);

    [LibraryImport(Library)]
    public static partial CudaResult cuDeviceGetName(byte* name, int length, int device);

    [LibraryImport(Library)]
    public static partial CudaResult cuDeviceGetUuid_v2(CudaUuid* uuid, int device);

    [LibraryImport(Library)]
    public static partial CudaResult cuDeviceGetPCIBusId(byte* text, int length, int device);

    [LibraryImport(Library)]
    public static partial CudaResult cuDeviceTotalMem_v2(nuint* bytes, int device);

    [LibraryImport(Library)]
    public static partial CudaResult cuDeviceGetAttribute(int* value, DeviceAttribute attribute, int device);

    // The primary context, which cuBLAS and NCCL live on too.

    [LibraryImport(Library)]
    public static partial CudaResult cuDevicePrimaryCtxRetain(nint* context, int device);

    [LibraryImport(Library)]
    public static partial CudaResult cuDevicePrimaryCtxRelease_v2(int device);

    [LibraryImport(Library)]
    public static partial CudaResult cuCtxSetCurrent(nint context);

    [LibraryImport(Library)]
    public static partial CudaResult cuCtxGetCurrent(nint* context);

    [LibraryImport(Library)]
    public static partial CudaResult cuCtxSynchronize();

    // Memory.

    [LibraryImport(Library)]
    public static partial CudaResult cuMemGetInfo_v2(nuint* free, nuint* total);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemAlloc_v2(ulong* address, nuint bytes);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemFree_v2(ulong address);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemAllocAsync(ulong* address, nuint bytes, nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemFreeAsync(ulong address, nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuDeviceGetDefaultMemPool(nint* pool, int device);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemPoolSetAttribute(nint pool, MemoryPoolAttribute attribute, void* value);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemPoolTrimTo(nint pool, nuint bytesToKeep);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemHostAlloc(void** address, nuint bytes, uint flags);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemFreeHost(void* address);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemcpyHtoDAsync_v2(ulong target, void* source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemcpyDtoHAsync_v2(void* target, ulong source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemcpyDtoDAsync_v2(ulong target, ulong source, nuint bytes, nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemsetD8Async(ulong target, byte value, nuint count, nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuMemsetD32Async(ulong target, uint value, nuint count, nint stream);

    // Streams and events.

    [LibraryImport(Library)]
    public static partial CudaResult cuStreamCreateWithPriority(nint* stream, uint flags, int priority);

    [LibraryImport(Library)]
    public static partial CudaResult cuStreamDestroy_v2(nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuStreamSynchronize(nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuStreamQuery(nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuStreamWaitEvent(nint stream, nint @event, uint flags);

    [LibraryImport(Library)]
    public static partial CudaResult cuEventCreate(nint* @event, uint flags);

    [LibraryImport(Library)]
    public static partial CudaResult cuEventRecord(nint @event, nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuEventQuery(nint @event);

    [LibraryImport(Library)]
    public static partial CudaResult cuEventSynchronize(nint @event);

    [LibraryImport(Library)]
    public static partial CudaResult cuEventElapsedTime(float* milliseconds, nint start, nint end);

    [LibraryImport(Library)]
    public static partial CudaResult cuEventDestroy_v2(nint @event);

    // Modules and kernels.

    [LibraryImport(Library)]
    public static partial CudaResult cuModuleLoadDataEx(nint* module, void* image, uint optionCount, JitOption* options,
        void** values);

    [LibraryImport(Library)]
    public static partial CudaResult cuModuleUnload(nint module);

    [LibraryImport(Library)]
    public static partial CudaResult cuModuleGetFunction(nint* function, nint module, byte* name);

    [LibraryImport(Library)]
    public static partial CudaResult cuModuleGetGlobal_v2(ulong* address, nuint* bytes, nint module, byte* name);

    [LibraryImport(Library)]
    public static partial CudaResult cuFuncSetAttribute(nint function, FunctionAttribute attribute, int value);

    [LibraryImport(Library)]
    public static partial CudaResult cuFuncGetAttribute(int* value, FunctionAttribute attribute, nint function);

    [LibraryImport(Library)]
    public static partial CudaResult cuOccupancyMaxActiveBlocksPerMultiprocessor(int* blocks, nint function,
        int blockSize, nuint sharedBytes);

    [LibraryImport(Library)]
    public static partial CudaResult cuLaunchKernel(nint function, uint gridX, uint gridY, uint gridZ, uint blockX,
        uint blockY, uint blockZ, uint sharedBytes, nint stream, void** arguments, void** extra);

    [LibraryImport(Library)]
    public static partial CudaResult cuLaunchKernelEx(LaunchConfig* config, nint function, void** arguments,
        void** extra);

    [LibraryImport(Library)]
    public static partial CudaResult cuLaunchCooperativeKernel(nint function, uint gridX, uint gridY, uint gridZ,
        uint blockX, uint blockY, uint blockZ, uint sharedBytes, nint stream, void** arguments);

    // Graphs.

    [LibraryImport(Library)]
    public static partial CudaResult cuStreamBeginCapture_v2(nint stream, CaptureMode mode);

    [LibraryImport(Library)]
    public static partial CudaResult cuStreamEndCapture(nint stream, nint* graph);

    [LibraryImport(Library)]
    public static partial CudaResult cuStreamIsCapturing(nint stream, CaptureStatus* status);

    [LibraryImport(Library)]
    public static partial CudaResult cuThreadExchangeStreamCaptureMode(CaptureMode* mode);

    [LibraryImport(Library)]
    public static partial CudaResult cuGraphInstantiateWithFlags(nint* executable, nint graph, ulong flags);

    [LibraryImport(Library)]
    public static partial CudaResult cuGraphUpload(nint executable, nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuGraphLaunch(nint executable, nint stream);

    [LibraryImport(Library)]
    public static partial CudaResult cuGraphExecUpdate_v2(nint executable, nint graph, GraphUpdateInfo* info);

    [LibraryImport(Library)]
    public static partial CudaResult cuGraphGetNodes(nint graph, nint* nodes, nuint* count);

    [LibraryImport(Library)]
    public static partial CudaResult cuGraphKernelNodeGetParams_v2(nint node, KernelNodeParameters* parameters);

    [LibraryImport(Library)]
    public static partial CudaResult cuGraphExecKernelNodeSetParams_v2(nint executable, nint node,
        KernelNodeParameters* parameters);

    [LibraryImport(Library)]
    public static partial CudaResult cuGraphDebugDotPrint(nint graph, byte* path, uint flags);

    [LibraryImport(Library)]
    public static partial CudaResult cuGraphExecDestroy(nint executable);

    [LibraryImport(Library)]
    public static partial CudaResult cuGraphDestroy(nint graph);
}
