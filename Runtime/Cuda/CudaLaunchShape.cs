namespace ModelCompiler.Runtime.Cuda;

/// <summary>How many threads a kernel runs on.</summary>
/// <param name="GridX">Blocks along x; at least 1.</param>
/// <param name="GridY">Blocks along y; at least 1, at most 65535.</param>
/// <param name="GridZ">Blocks along z; at least 1, at most 65535.</param>
/// <param name="BlockX">Threads of a block along x; at least 1. All three together at most 1024.</param>
/// <param name="BlockY">Threads of a block along y.</param>
/// <param name="BlockZ">Threads of a block along z.</param>
/// <param name="SharedBytes">Bytes of shared memory of a block besides what the kernel declares.</param>
public readonly record struct CudaLaunchShape(int GridX, int GridY, int GridZ, int BlockX, int BlockY = 1,
    int BlockZ = 1, int SharedBytes = 0)
{
    /// <summary>Blocks and threads along x only.</summary>
    /// <param name="grid">Blocks.</param>
    /// <param name="block">Threads of a block.</param>
    /// <param name="sharedBytes">Bytes of shared memory of a block besides what the kernel declares.</param>
    public static CudaLaunchShape Of(int grid, int block, int sharedBytes = 0) =>
        new(grid, 1, 1, block, SharedBytes: sharedBytes);

    /// <summary>Blocks along x that share a part of the device and read each other's shared memory; 0 for none. From
    /// compute capability 9.0 on.</summary>
    public int Cluster { get; init; }

    /// <summary>Whether the kernel may start before the one in front of it has ended; the kernel itself waits for that.
    /// From compute capability 9.0 on.</summary>
    public bool StartsEarly { get; init; }
}
