using System;
using System.Globalization;
using System.Threading;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>The driver, started once a process.</summary>
static unsafe class CudaDriver
{
    static readonly Lock gate = new();
    static volatile bool isStarted;
    static Version version = new(0, 0);

    /// <summary>The oldest CUDA whose driver has all functions that are used: 12.0, drivers from 525 on. Origin: cuda.h
    /// has cuGraphExecUpdate_v2 and cuGraphKernelNodeGetParams_v2 since then.</summary>
    public static Version Needed { get; } = new(12, 0);

    /// <summary>Whether functions of the driver can be called.</summary>
    public static bool IsLoaded => isStarted;

    /// <summary>Of CUDA, as the driver supports it; 0.0 before it is started.</summary>
    public static Version VersionOrNone
    {
        get
        {
            lock (gate) return version;
        }
    }

    /// <summary>Loads and starts the driver, if that has not been done.</summary>
    /// <exception cref="CudaNoDriverException">There is none, or it does not start.</exception>
    /// <exception cref="CudaNoDeviceException">It shows this process no device.</exception>
    /// <exception cref="CudaDriverTooOldException">It is too old.</exception>
    public static void Start()
    {
        if (isStarted) return;
        lock (gate)
        {
            if (isStarted) return;
            CudaLibraries.Require(CudaLibrary.Driver);
            int number;
            CudaCheck.Success(Driver.cuDriverGetVersion(&number), nameof(Driver.cuDriverGetVersion),
                "asking for the driver's version");
            version = Of(number);
            CheckVersion(version);
            CudaLibraries.LimitTo(number);
            CudaCheck.Success(Driver.cuInit(0), nameof(Driver.cuInit), "starting the driver");
            isStarted = true;
        }
    }

    /// <exception cref="CudaDriverTooOldException">Older than <see cref="Needed"/>.</exception>
    internal static void CheckVersion(Version version)
    {
        if (version >= Needed) return;
        throw new CudaDriverTooOldException(version, Needed, string.Create(CultureInfo.InvariantCulture,
            $"The NVIDIA driver supports CUDA {version}, and CUDA {Needed} is needed. Update the driver to 525 or " +
            $"newer (nvidia-smi shows the one installed), or run on Device.Cpu."));
    }

    /// <summary>12.4 of 12040.</summary>
    internal static Version Of(int number) => new(number / 1000, number % 1000 / 10);
}
