using System;
using System.Collections.Concurrent;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Defines of kernels that need no text to be made.</summary>
static class CudaDefines
{
    static readonly ConcurrentDictionary<int, string> columns = new();

    /// <summary>Made on the first call for a number.</summary>
    public static string Columns(int count) =>
        columns.GetOrAdd(count, static c => FormattableString.Invariant($"COLUMNS={c}"));

    public static string Element(CudaDataType type) => type switch
    {
        CudaDataType.Float32 => "ELEMENT=float",
        CudaDataType.BFloat16 => "ELEMENT=bf16",
        _ => "ELEMENT=f16",
    };

    public static string Weight(CudaDataType type) => type switch
    {
        CudaDataType.Float32 => "WEIGHT=float",
        CudaDataType.BFloat16 => "WEIGHT=bf16",
        _ => "WEIGHT=f16",
    };
}
