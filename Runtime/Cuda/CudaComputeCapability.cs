using System;
using System.Globalization;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>The generation of a device, such as 9.0: what its instructions are.</summary>
/// <param name="Major">Generation.</param>
/// <param name="Minor">Kind within it.</param>
public readonly record struct CudaComputeCapability(int Major, int Minor) : IComparable<CudaComputeCapability>
{
    /// <summary>The first with bfloat16 matrix products: 8.0.</summary>
    public static CudaComputeCapability BFloat16 => new(8, 0);

    /// <summary>The first with 8-bit floating point matrix products: 8.9.</summary>
    public static CudaComputeCapability Float8 => new(8, 9);

    /// <summary>As one number, such as 90.</summary>
    public int Number => Major * 10 + Minor;

    /// <summary>Smaller for older generations.</summary>
    public int CompareTo(CudaComputeCapability other) => Number.CompareTo(other.Number);

    /// <summary>Whether the left one is older.</summary>
    public static bool operator <(CudaComputeCapability left, CudaComputeCapability right) =>
        left.Number < right.Number;

    /// <summary>Whether the left one is newer.</summary>
    public static bool operator >(CudaComputeCapability left, CudaComputeCapability right) =>
        left.Number > right.Number;

    /// <summary>Whether the left one is not newer.</summary>
    public static bool operator <=(CudaComputeCapability left, CudaComputeCapability right) =>
        left.Number <= right.Number;

    /// <summary>Whether the left one is not older.</summary>
    public static bool operator >=(CudaComputeCapability left, CudaComputeCapability right) =>
        left.Number >= right.Number;

    /// <summary>Such as "9.0".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");
}
