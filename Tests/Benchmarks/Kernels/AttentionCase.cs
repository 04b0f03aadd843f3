using ModelCompiler.Runtime.Cpu;

namespace ModelCompiler.Benchmarks.Kernels;

/// <summary>Attention of a batch as it stands in a model: queries and keys of one length, one width for all.</summary>
/// <param name="Use">Where.</param>
/// <param name="Batch">Texts.</param>
/// <param name="Heads">Heads of each.</param>
/// <param name="Length">Queries and keys of a head.</param>
/// <param name="Width">Numbers of a query, a key and a value.</param>
/// <param name="IsCausal">Whether a query sees no later key.</param>
/// <param name="IsBackward">Whether the gradients are computed.</param>
public sealed record AttentionCase(
    string Use, int Batch, int Heads, int Length, int Width, bool IsCausal, bool IsBackward = false) : ICounted
{
    /// <summary>Numbers of one operand.</summary>
    public int Elements => Batch * Heads * Length * Width;

    /// <summary>What the kernels take.</summary>
    public AttentionShape Shape => new()
    {
        Outer = Batch, Inner = Heads, Queries = Length, Keys = Length, Width = Width, ValueWidth = Width,
        IsCausal = IsCausal, Scale = 1 / System.MathF.Sqrt(Width),
    };

    /// <summary>Two products forward, five backward; of a causal one only what is seen.</summary>
    public double Flops => (IsBackward ? 10.0 : 4.0) * Elements * (IsCausal ? (Length + 1) / 2.0 : Length);

    /// <summary>How the table names it.</summary>
    public override string ToString() =>
        $"{Use} {Batch}x{Heads}x{Length}x{Width}{(IsCausal ? " causal" : "")}{(IsBackward ? " backward" : "")}";
}
