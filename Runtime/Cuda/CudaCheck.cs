using System;
using System.Diagnostics.CodeAnalysis;
using ModelCompiler.Runtime.Cuda.Native;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Turns what a call returned into an exception that says what failed, and while doing what. Nothing is
/// allocated where all went well.</summary>
static unsafe class CudaCheck
{
    /// <param name="result">What the call returned.</param>
    /// <param name="call">The function.</param>
    /// <param name="action">What was being done, such as "launching the kernel".</param>
    /// <param name="subject">What it was done to, such as the kernel's name; may be empty.</param>
    public static void Success(CudaResult result, string call, string action, string subject = "")
    {
        if (result != CudaResult.Success) throw Exception(result, call, action, subject);
    }

    /// <param name="result">What the call returned.</param>
    /// <param name="call">The function.</param>
    /// <param name="action">What was being done.</param>
    /// <param name="owner">Whose handle the call got: the collector must not give it back before the call returns.
    /// </param>
    public static void Success(CudaResult result, string call, string action, object owner)
    {
        GC.KeepAlive(owner);
        if (result != CudaResult.Success) throw Exception(result, call, action);
    }

    /// <summary>As <see cref="Success(CudaResult,string,string,string)"/> for a launch. Where every launch is waited
    /// for, what fails is this kernel, even if the launch itself says so.</summary>
    /// <param name="result">What the call returned.</param>
    /// <param name="call">The function.</param>
    /// <param name="kernel">Its name.</param>
    public static void Launched(CudaResult result, string call, string kernel)
    {
        if (result == CudaResult.Success) return;
        throw Exception(result, call, "launching the kernel", kernel,
            CudaDebug.SynchronizesLaunches ? kernel : null);
    }

    public static void Success(NvrtcResult result, string call, string action, string subject = "")
    {
        if (result != NvrtcResult.Success) Fail(result, call, action, subject);
    }

    public static void Success(BlasStatus status, string call, string action, string subject = "")
    {
        if (status != BlasStatus.Success) Fail(status, call, action, subject);
    }

    public static void Success(BlasStatus status, string call, string action, object owner)
    {
        GC.KeepAlive(owner);
        if (status != BlasStatus.Success) Fail(status, call, action, "");
    }

    /// <summary>The exception for a failed call of the driver.</summary>
    /// <param name="result">Not success.</param>
    /// <param name="call">The function.</param>
    /// <param name="action">What was being done.</param>
    /// <param name="subject">To what; may be empty.</param>
    /// <param name="kernel">The kernel that certainly failed; null where it may have been another one.</param>
    public static CudaException Exception(CudaResult result, string call, string action, string subject = "",
        string? kernel = null)
    {
        CudaFailure failure = Failure(result, call, action, subject);
        switch (result)
        {
            case CudaResult.NoDevice:
                return new CudaNoDeviceException(0, 0, $"{failure} The driver works and finds no NVIDIA device this " +
                    "process may use: see CUDA_VISIBLE_DEVICES, and run on Device.Cpu otherwise.", failure);
            case CudaResult.StubLibrary or CudaResult.SystemDriverMismatch or CudaResult.SystemNotReady
                or CudaResult.CompatNotSupportedOnDevice:
                return new CudaNoDriverException($"{failure} The NVIDIA driver is not installed as it should be: its " +
                    "library and its kernel module must be of one version. Install it again, or run on Device.Cpu.",
                    [], failure);
            case CudaResult.OutOfMemory:
                return new CudaOutOfMemoryException($"{failure} The device has no memory left.", 0, 0, 0, failure);
            case CudaResult.UnsupportedPtxVersion:
                return new CudaDriverTooOldException(CudaDriver.VersionOrNone, CudaDriver.Needed,
                    $"{failure} The driver is older than the compiler of the kernels. Update the driver, or use the " +
                    "NVRTC of its version.", failure);
            case CudaResult.IllegalAddress or CudaResult.MisalignedAddress or CudaResult.InvalidAddressSpace
                or CudaResult.InvalidPc:
                return new CudaIllegalAddressException($"{failure} {Culprit(kernel)}", kernel, failure);
            case CudaResult.LaunchFailed or CudaResult.Assert or CudaResult.LaunchTimeout
                or CudaResult.HardwareStackError or CudaResult.IllegalInstruction:
                return new CudaException($"{failure} {Culprit(kernel)}", failure);
            case CudaResult.EccUncorrectable or CudaResult.NvlinkUncorrectable or CudaResult.Contained
                or CudaResult.DeviceUnavailable or CudaResult.ContextIsDestroyed or CudaResult.Deinitialized
                or CudaResult.Unknown:
                return new CudaDeviceLostException($"{failure} The device does not answer any more. The last " +
                    "checkpoint is intact: start again from it, once nvidia-smi shows the device as healthy.", failure);
            default:
                return new CudaException(failure.ToString(), failure);
        }
    }

    /// <summary>The exception for memory that was not there.</summary>
    /// <param name="purpose">What it was for, such as "the plan of CharGpt".</param>
    /// <param name="requested">Bytes.</param>
    /// <param name="call">The function.</param>
    public static CudaOutOfMemoryException OutOfMemory(string purpose, long requested, string call)
    {
        CudaFailure failure = Failure(CudaResult.OutOfMemory, call, "allocating memory for", purpose);
        nuint free, total;
        if (Driver.cuMemGetInfo_v2(&free, &total) != CudaResult.Success) (free, total) = (0, 0);
        return new CudaOutOfMemoryException($"{failure} {Sizes.Text(requested)} were asked for; " +
            $"{Sizes.Text((long)free)} of the device's {Sizes.Text((long)total)} are free. Lower the Max of a [Dim], " +
            "such as the batch's, make the model smaller, or end what else uses the device (nvidia-smi lists it).",
            requested, (long)free, (long)total, failure);
    }

    /// <summary>What is known of a failed call of the driver; its texts come from the driver where there is one.
    /// </summary>
    static CudaFailure Failure(CudaResult result, string call, string action, string subject)
    {
        string name = "", meaning = "";
        if (CudaDriver.IsLoaded)
        {
            byte* text;
            if (Driver.cuGetErrorName(result, &text) == CudaResult.Success) name = Utf8.Text(text);
            if (Driver.cuGetErrorString(result, &text) == CudaResult.Success) meaning = Utf8.Text(text);
        }
        if (name.Length == 0) name = CudaResultNames.NameOf(result);
        return new(name, (int)result, call, Doing(action, subject), meaning);
    }

    [DoesNotReturn]
    static void Fail(NvrtcResult result, string call, string action, string subject)
    {
        string name = Utf8.Text(Nvrtc.nvrtcGetErrorString(result));
        CudaFailure failure = new(name, (int)result, call, Doing(action, subject), "");
        string hint = result == NvrtcResult.BuiltinOperationFailure
            ? " libnvrtc-builtins of the same version belongs beside libnvrtc; loaded was " +
                CudaLibraries.PathOf(CudaLibrary.Compiler) + "." : "";
        throw new CudaException(failure + hint, failure);
    }

    [DoesNotReturn]
    static void Fail(BlasStatus status, string call, string action, string subject)
    {
        CudaFailure failure = new(BlasNames.NameOf(status), (int)status, call, Doing(action, subject), "");
        switch (status)
        {
            case BlasStatus.AllocationFailed:
                throw new CudaOutOfMemoryException($"{failure} The library found no memory for itself.", 0, 0, 0,
                    failure);
            case BlasStatus.ArchitectureMismatch:
                throw new CudaException($"{failure} This library does not know the device's generation; install a " +
                    $"newer one. Loaded was {CudaLibraries.PathOf(CudaLibrary.Blas)}" +
                    $"{CudaLibraries.PathOf(CudaLibrary.BlasLt)}.", failure);
            case BlasStatus.NotSupported:
                throw new CudaException($"{failure} This library has no algorithm for these types, sizes and " +
                    "epilogue on this device.", failure);
            case BlasStatus.ExecutionFailed or BlasStatus.InternalError or BlasStatus.MappingError:
                throw new CudaException($"{failure} Often a kernel before has failed. {Culprit(null)}", failure);
            default:
                throw new CudaException(failure.ToString(), failure);
        }
    }

    static string Culprit(string? kernel) => kernel is not null
        ? $"The kernel is {kernel}. Every later call of this process fails; the last checkpoint is intact."
        : $"Some kernel before this call did it: set {CudaDebug.Variable}=1 or CudaDebug.SynchronizesLaunches to " +
            "learn which. Every later call of this process fails; the last checkpoint is intact.";

    static string Doing(string action, string subject) => subject.Length == 0 ? action : $"{action} {subject}";
}
