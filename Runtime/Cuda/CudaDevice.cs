using System;
using System.Globalization;
using ModelCompiler.Runtime.Cuda.Embedding;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>One NVIDIA device, and what it can do.</summary>
/// <example><code>
/// CudaDevice device = CudaDevice.Get(0);
/// Console.WriteLine($"{device.Name}, {device.MultiprocessorCount} multiprocessors");
/// </code></example>
public sealed unsafe class CudaDevice
{
    const string Asking = "asking what the device can do";

    readonly int handle;

    CudaDevice(int ordinal, int handle)
    {
        (Ordinal, this.handle) = (ordinal, handle);
        Span<byte> text = stackalloc byte[256];
        fixed (byte* bytes = text)
        {
            CudaCheck.Success(Driver.cuDeviceGetName(bytes, text.Length, handle), nameof(Driver.cuDeviceGetName),
                Asking);
            Name = Utf8.Text(text);
            CudaCheck.Success(Driver.cuDeviceGetPCIBusId(bytes, text.Length, handle),
                nameof(Driver.cuDeviceGetPCIBusId), Asking);
            PciBusId = Utf8.Text(text);
        }
        CudaUuid uuid;
        CudaCheck.Success(Driver.cuDeviceGetUuid_v2(&uuid, handle), nameof(Driver.cuDeviceGetUuid_v2), Asking);
        Uuid = new Guid(new ReadOnlySpan<byte>(uuid.Bytes, 16), bigEndian: true);
        nuint total;
        CudaCheck.Success(Driver.cuDeviceTotalMem_v2(&total, handle), nameof(Driver.cuDeviceTotalMem_v2), Asking);
        TotalBytes = (long)total;
        ComputeCapability = new(Attribute(DeviceAttribute.ComputeCapabilityMajor),
            Attribute(DeviceAttribute.ComputeCapabilityMinor));
        MultiprocessorCount = Attribute(DeviceAttribute.MultiprocessorCount);
        L2Bytes = Attribute(DeviceAttribute.L2CacheBytes);
        MaxSharedBytesPerBlock = Attribute(DeviceAttribute.SharedMemoryPerBlockOptIn);
        HasMemoryPools = Attribute(DeviceAttribute.MemoryPoolsSupported) != 0;
    }

    /// <summary>How many devices this process may use; see CUDA_VISIBLE_DEVICES.</summary>
    /// <exception cref="CudaNoDriverException">There is no driver.</exception>
    /// <exception cref="CudaDriverTooOldException">The driver is too old.</exception>
    public static int Count
    {
        get
        {
            try
            {
                CudaDriver.Start();
            }
            catch (CudaNoDeviceException)
            {
                return 0;
            }
            int count;
            CudaCheck.Success(Driver.cuDeviceGetCount(&count), nameof(Driver.cuDeviceGetCount), "counting devices");
            return count;
        }
    }

    /// <summary>Whether there is a driver that is new enough, and a device; nothing is thrown.</summary>
    /// <param name="reason">Why not; empty where there is one.</param>
    public static bool IsAvailable(out string reason)
    {
        try
        {
            reason = Count > 0 ? "" : "The driver works and finds no NVIDIA device this process may use.";
            return reason.Length == 0;
        }
        catch (CudaException failure)
        {
            reason = failure.Message;
            return false;
        }
    }

    /// <summary>Whether models can run on device 0: there is a driver, the device has compute capability 8.0 or higher,
    /// and cuBLASLt and NVRTC are there, or kernels that this program embeds; nothing is thrown.</summary>
    /// <param name="reason">Why not; empty where they can.</param>
    public static bool CanRunModels(out string reason) => CanRunModels(CudaLibraries.Require, out reason);

    internal static bool CanRunModels(Action<CudaLibrary> require, out string reason)
    {
        if (!IsAvailable(out reason)) return false;
        try
        {
            Get(0).Require(CudaComputeCapability.BFloat16, "A model on a device of CUDA");
            require(CudaLibrary.BlasLt);
            RequireKernels(require);
            return true;
        }
        catch (CudaException failure)
        {
            reason = failure.Message;
            return false;
        }
    }

    /// <summary>What it takes to have kernels: to compile them, unless the program embeds some.</summary>
    static void RequireKernels(Action<CudaLibrary> require)
    {
        if (!EmbeddedCubins.IsThereAny(Get(0).ComputeCapability)) require(CudaLibrary.Compiler);
    }

    /// <summary>A device by its number.</summary>
    /// <param name="ordinal">From 0 on, as CUDA counts them.</param>
    /// <exception cref="CudaNoDriverException">There is no driver.</exception>
    /// <exception cref="CudaNoDeviceException">There is no such device.</exception>
    /// <exception cref="CudaDriverTooOldException">The driver is too old.</exception>
    public static CudaDevice Get(int ordinal)
    {
        int count = Count;
        if (ordinal < 0 || ordinal >= count)
        {
            string devices = count switch
            {
                0 => "there is none",
                1 => "there is one, number 0",
                _ => $"there are {count.ToString(CultureInfo.InvariantCulture)}, from 0 on",
            };
            throw new CudaNoDeviceException(ordinal, count, string.Create(CultureInfo.InvariantCulture,
                $"Device {ordinal} of CUDA was asked for and {devices} that this process may use. ") +
                "CUDA_VISIBLE_DEVICES hides devices; Device.Cpu runs without one.");
        }
        int device;
        CudaCheck.Success(Driver.cuDeviceGet(&device, ordinal), nameof(Driver.cuDeviceGet), "opening the device");
        return new CudaDevice(ordinal, device);
    }

    /// <summary>Its number among those this process may use.</summary>
    public int Ordinal { get; }

    /// <summary>Such as "NVIDIA H200".</summary>
    public string Name { get; }

    /// <summary>Its generation.</summary>
    public CudaComputeCapability ComputeCapability { get; }

    /// <summary>How many multiprocessors it has: blocks of a kernel run on them.</summary>
    public int MultiprocessorCount { get; }

    /// <summary>Bytes of its memory.</summary>
    public long TotalBytes { get; }

    /// <summary>Bytes of its second-level cache.</summary>
    public int L2Bytes { get; }

    /// <summary>Most bytes of shared memory that one block may have, where the kernel asks for that many.</summary>
    public int MaxSharedBytesPerBlock { get; }

    /// <summary>Whether memory can be allocated in the order of a stream.</summary>
    public bool HasMemoryPools { get; }

    /// <summary>Where it is plugged in; the same number whatever CUDA_VISIBLE_DEVICES says.</summary>
    public string PciBusId { get; }

    /// <summary>Its own name; the same in every process.</summary>
    public Guid Uuid { get; }

    /// <summary>Of CUDA, as the driver supports it.</summary>
    public static Version DriverVersion
    {
        get
        {
            CudaDriver.Start();
            return CudaDriver.VersionOrNone;
        }
    }

    internal int Handle => handle;

    /// <summary>Checks that the device is of a generation, or newer.</summary>
    /// <param name="needed">The oldest that will do.</param>
    /// <param name="feature">What needs it, such as "bfloat16".</param>
    /// <exception cref="CudaCapabilityException">It is older.</exception>
    public void Require(CudaComputeCapability needed, string feature) =>
        Require(Name, ComputeCapability, needed, feature);

    internal static void Require(string name, CudaComputeCapability capability, CudaComputeCapability needed,
        string feature)
    {
        if (capability >= needed) return;
        throw new CudaCapabilityException(feature, capability, needed, $"{feature} needs a device of compute " +
            $"capability {needed} or higher, and {name} has {capability}. Choose another precision, or another " +
            "device.");
    }

    /// <summary>Such as "NVIDIA H200 (9.0), 132 multiprocessors, 143,156.1 MiB".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name} ({ComputeCapability}), {MultiprocessorCount} multiprocessors, {TotalBytes / 1048576.0:N1} MiB");

    int Attribute(DeviceAttribute attribute)
    {
        int value;
        CudaCheck.Success(Driver.cuDeviceGetAttribute(&value, attribute, handle), nameof(Driver.cuDeviceGetAttribute),
            Asking);
        return value;
    }
}
