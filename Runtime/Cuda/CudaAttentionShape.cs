using System;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>Sizes and kind of an attention: scores = scale q kᵀ + bias, masked; result = dropout(softmax(scores)) v.
/// </summary>
/// <example><code>
/// var shape = new CudaAttentionShape
/// {
///     Type = CudaDataType.BFloat16, Outer = 8, QueryHeads = 12, KeyHeads = 4, Queries = 1024, Keys = 1024,
///     HeadSize = 64, ValueSize = 64, Scale = 0.125f, IsCausal = true,
/// };
/// </code></example>
public readonly record struct CudaAttentionShape
{
    const float DropoutUnit = 1 << 24;      // random numbers are multiples of 1 / 2^24

    /// <summary>Of q, k, v, the result and their gradients: bf16, f16 or fp32.</summary>
    public required CudaDataType Type { get; init; }

    /// <summary>Entries of the batch.</summary>
    public required int Outer { get; init; }

    /// <summary>Heads of the queries and of the result.</summary>
    public required int QueryHeads { get; init; }

    /// <summary>Heads of keys and values, a divisor of <see cref="QueryHeads"/>: head h reads head h / (query heads /
    /// key heads).</summary>
    public required int KeyHeads { get; init; }

    /// <summary>Rows of q and of the result.</summary>
    public required int Queries { get; init; }

    /// <summary>Rows of k and v.</summary>
    public required int Keys { get; init; }

    /// <summary>Columns of q and k, 1 to 256. Multiples of 8 are read 16 bytes at a time.</summary>
    public required int HeadSize { get; init; }

    /// <summary>Columns of v and of the result, 1 to 256.</summary>
    public required int ValueSize { get; init; }

    /// <summary>Of the scores; above 0.</summary>
    public required float Scale { get; init; }

    /// <summary>Whether place t sees only places up to t. As many keys as queries.</summary>
    public bool IsCausal { get; init; }

    /// <summary>Above 0: place t sees only places less than this away.</summary>
    public int Window { get; init; }

    /// <summary>How many of the probabilities become 0, at least 0, below 1.</summary>
    public float DropoutRate { get; init; }

    /// <summary>Which random numbers of the pass dropout draws.</summary>
    public int Draw { get; init; }

    /// <summary>Whether products of fp32 may round their factors to 10 bits behind the point, and are many times as
    /// fast then.</summary>
    public bool UsesTensorFloat32 { get; init; }

    internal int ElementBytes => Type == CudaDataType.Float32 ? 4 : 2;

    internal bool IsOnTensorCores => Type != CudaDataType.Float32 || UsesTensorFloat32;

    internal string Element => Type switch
    {
        CudaDataType.Float32 => "ELEMENT=float",
        CudaDataType.BFloat16 => "ELEMENT=bf16",
        _ => "ELEMENT=f16",
    };

    /// <summary>Random bits below this are dropped: the number they make is below the rate.</summary>
    internal uint DropoutThreshold => (uint)Math.Ceiling((double)DropoutRate * DropoutUnit) << 8;

    internal void Check(in CudaAttentionOptions options)
    {
        if (Type is not (CudaDataType.Float32 or CudaDataType.BFloat16 or CudaDataType.Float16))
            throw new ArgumentException($"Attention is of bf16, f16 or fp32, not of {Type}.");
        Positive(Outer, nameof(Outer));
        Positive(QueryHeads, nameof(QueryHeads));
        Positive(KeyHeads, nameof(KeyHeads));
        Positive(Queries, nameof(Queries));
        Positive(Keys, nameof(Keys));
        Within256(HeadSize, nameof(HeadSize));
        Within256(ValueSize, nameof(ValueSize));
        if (QueryHeads % KeyHeads != 0)
            throw new ArgumentException($"{QueryHeads} heads of queries cannot share {KeyHeads} heads of keys evenly.");
        if (!(Scale > 0 && float.IsFinite(Scale)))
            throw new ArgumentException($"The scale of scores is {Scale}; it must be finite and above 0.");
        if (!(DropoutRate >= 0 && DropoutRate < 1))
            throw new ArgumentException($"The dropout rate is {DropoutRate}; it must be at least 0 and below 1.");
        if ((IsCausal || options.Documents != 0) && Queries != Keys)
        {
            throw new ArgumentException(
                $"There are {Queries} queries and {Keys} keys; a causal mask and documents need as many of each.");
        }
        if (DropoutRate > 0 && options.RandomKeys == 0)
            throw new ArgumentException("Dropout needs random keys.");
        if (options.Bias.Address != 0 && options.BiasType != CudaDataType.Float32 && options.BiasType != Type)
            throw new ArgumentException($"The bias is {options.BiasType}; it must be fp32 or {Type}.");
    }

    static void Positive(int value, string name)
    {
        if (value < 1) throw new ArgumentException($"{name} is {value}; it must be at least 1.");
    }

    static void Within256(int value, string name)
    {
        if (value is < 1 or > 256) throw new ArgumentException($"{name} is {value}; it must be 1 to 256.");
    }
}
