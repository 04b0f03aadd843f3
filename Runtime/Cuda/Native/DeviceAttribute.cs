namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>CUdevice_attribute of cuda.h, those that are asked for.</summary>
enum DeviceAttribute
{
    MaxThreadsPerBlock = 1,
    SharedMemoryPerBlock = 8,
    WarpSize = 10,
    ClockRateKilohertz = 13,
    MultiprocessorCount = 16,
    MemoryClockRateKilohertz = 36,
    MemoryBusWidthBits = 37,
    L2CacheBytes = 38,
    MaxThreadsPerMultiprocessor = 39,
    ComputeCapabilityMajor = 75,
    ComputeCapabilityMinor = 76,
    SharedMemoryPerMultiprocessor = 81,
    CooperativeLaunch = 95,
    SharedMemoryPerBlockOptIn = 97,
    MemoryPoolsSupported = 115,
}
