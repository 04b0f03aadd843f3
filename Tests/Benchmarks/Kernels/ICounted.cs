namespace ModelCompiler.Benchmarks.Kernels;

/// <summary>A parameter of a benchmark whose operations are counted, so that a table can show their rate.</summary>
public interface ICounted
{
    /// <summary>Floating-point operations of one call, a fused multiply-add as two.</summary>
    double Flops { get; }
}
