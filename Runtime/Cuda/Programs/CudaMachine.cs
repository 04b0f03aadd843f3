using System;
using System.Collections.Generic;
using System.Threading;

namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>What all programs on one device share: its context, the runtime's own kernels, the compiler and cuBLASLt's
/// plans. Lives as long as the process.</summary>
sealed class CudaMachine
{
    static readonly Dictionary<int, CudaMachine> machines = [];
    static readonly Lock gate = new();

    CudaMachine(int ordinal)
    {
        Context = new CudaContext(CudaDevice.Get(ordinal));
        Library = new KernelLibrary(Context);
    }

    public CudaContext Context { get; }

    public KernelLibrary Library { get; }

    /// <summary>One for each program: a handle serves one thread at a time.</summary>
    public CudaBlasLt CreateBlasLt() => new(Context);

    /// <summary>Opens a device, or finds it open.</summary>
    /// <exception cref="CudaException">There is no driver, or no such device.</exception>
    public static CudaMachine Of(int ordinal)
    {
        lock (gate)
        {
            if (!machines.TryGetValue(ordinal, out CudaMachine? machine))
                machines.Add(ordinal, machine = new CudaMachine(ordinal));
            return machine;
        }
    }
}
