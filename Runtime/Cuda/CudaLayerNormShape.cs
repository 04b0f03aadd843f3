using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Sizes and kind of a layer normalization.</summary>
/// <example><code>
/// var shape = new CudaLayerNormShape { Type = CudaDataType.BFloat16, Rows = b * t, Columns = 768 };
/// </code></example>
public readonly record struct CudaLayerNormShape
{
    /// <summary>Takes defaults: weights in fp32, an epsilon of 1e-5.</summary>
    public CudaLayerNormShape()
    {
    }

    /// <summary>Of rows: bf16, f16 or fp32.</summary>
    public required CudaDataType Type { get; init; }

    /// <summary>Of gain and bias: fp32, or that of rows.</summary>
    public CudaDataType WeightType { get; init; } = CudaDataType.Float32;

    /// <summary>How many are normalized.</summary>
    public required int Rows { get; init; }

    /// <summary>Of a row, 1 to 8192.</summary>
    public required int Columns { get; init; }

    /// <summary>What is added to the variance; above 0.</summary>
    public float Epsilon { get; init; } = 1e-5f;

    internal int ElementBytes => Type == CudaDataType.Float32 ? 4 : 2;

    /// <summary>Threads that share a row: as many as keep it in 64 registers.</summary>
    internal int ForwardLanes => Columns <= 2048 ? 32 : 256;

    /// <summary>As few as keep the row, its gradient and two sums in 128 registers.</summary>
    internal int BackwardLanes => Columns <= 1024 ? 32 : 256;

    internal static int Threads(int lanes) => lanes == 32 ? 128 : lanes;

    internal void Check()
    {
        if (Type is not (CudaDataType.Float32 or CudaDataType.BFloat16 or CudaDataType.Float16))
            throw new ArgumentException($"Layer normalization is of bf16, f16 or fp32, not of {Type}.");
        if (WeightType != CudaDataType.Float32 && WeightType != Type)
            throw new ArgumentException($"Weights are {WeightType}; they must be fp32 or {Type}.");
        if (Rows < 1) throw new ArgumentException($"There are {Rows} rows.");
        if (Columns is < 1 or > 8192) throw new ArgumentException($"Rows have {Columns} columns; 1 to 8192 fit.");
        if (!(Epsilon > 0)) throw new ArgumentException($"Epsilon is {Epsilon}; it must be above 0.");
    }
}
