namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>CUlaunchAttributeID of cuda.h, those that are used.</summary>
enum LaunchAttributeId
{
    /// <summary>All blocks are on the device at once and may wait for each other.</summary>
    Cooperative = 2,

    /// <summary>Blocks of a cluster share a part of the device and read each other's shared memory; sm_90.</summary>
    ClusterDimension = 4,

    /// <summary>May start before the kernel in front has ended; the kernel itself waits; sm_90.</summary>
    ProgrammaticStreamSerialization = 6,
}
