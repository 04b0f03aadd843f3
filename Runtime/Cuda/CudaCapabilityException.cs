namespace ModelCompiler.Runtime.Cuda;

/// <summary>The device is of a generation that has not got what is asked of it.</summary>
public sealed class CudaCapabilityException : CudaException
{
    internal CudaCapabilityException(string feature, CudaComputeCapability capability, CudaComputeCapability needed,
        string message)
        : base(message) => (Feature, Capability, Needed) = (feature, capability, needed);

    /// <summary>Such as "bfloat16".</summary>
    public string Feature { get; }

    /// <summary>The device's.</summary>
    public CudaComputeCapability Capability { get; }

    /// <summary>The lowest that would do.</summary>
    public CudaComputeCapability Needed { get; }
}
