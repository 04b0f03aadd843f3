namespace ModelCompiler.Benchmarks.Kernels;

/// <summary>A matrix product as it stands in a model.</summary>
/// <param name="Use">Where.</param>
/// <param name="M">Rows.</param>
/// <param name="N">Columns.</param>
/// <param name="K">Terms of each sum.</param>
/// <param name="TransposeA">Whether A lies as [K, M].</param>
/// <param name="TransposeB">Whether B lies as [N, K].</param>
public sealed record GemmShape(string Use, int M, int N, int K, bool TransposeA = false, bool TransposeB = false)
    : ICounted
{
    /// <inheritdoc/>
    public double Flops => 2.0 * M * N * K;

    /// <summary>How the table names it.</summary>
    public override string ToString() => $"{Use} {M}x{N}x{K}{(TransposeA ? " At" : "")}{(TransposeB ? " Bt" : "")}";
}
