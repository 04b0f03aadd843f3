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
/// <param name="KeyHeads">Heads of keys and values; 0 for as many as of queries.</param>
/// <param name="Window">Above 0: a query sees only keys less than this far away.</param>
public sealed record AttentionCase(
    string Use, int Batch, int Heads, int Length, int Width, bool IsCausal, bool IsBackward = false, int KeyHeads = 0,
    int Window = 0) : ICounted
{
    /// <summary>Numbers of one operand.</summary>
    public int Elements => Batch * Heads * Length * Width;

    /// <summary>What the kernels take.</summary>
    public AttentionShape Shape => new()
    {
        Outer = Batch, Inner = Heads, Queries = Length, Keys = Length, Width = Width, ValueWidth = Width,
        KeyHeads = KeyHeads, Window = Window, IsCausal = IsCausal, Scale = 1 / System.MathF.Sqrt(Width),
    };

    /// <summary>Two products forward, five backward; of a causal one only what is seen.</summary>
    public double Flops => (IsBackward ? 10.0 : 4.0) * Elements * Seen;

    double Seen => System.Math.Min(IsCausal ? (Length + 1) / 2.0 : Length,
        Window == 0 ? Length : IsCausal ? Window : 2.0 * Window - 1);

    /// <summary>How the table names it.</summary>
    public override string ToString()
    {
        string form = (KeyHeads > 0 ? $" of {KeyHeads}" : "") + (IsCausal ? " causal" : "");
        if (Window > 0) form += $" in {Window}";
        return $"{Use} {Batch}x{Heads}x{Length}x{Width}{form}{(IsBackward ? " backward" : "")}";
    }
}
