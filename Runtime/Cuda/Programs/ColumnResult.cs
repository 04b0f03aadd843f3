namespace ModelCompiler.Runtime.Cuda.Programs;

/// <summary>A result of a reduction over rows.</summary>
public readonly unsafe struct ColumnResult
{
    /// <summary>Describes a result.</summary>
    /// <param name="address">Of the device; fp32.</param>
    /// <param name="isMax">Whether the largest counts, and not the sum.</param>
    public ColumnResult(float* address, bool isMax)
    {
        Address = address;
        IsMax = isMax;
    }

    internal float* Address { get; }

    internal bool IsMax { get; }
}
