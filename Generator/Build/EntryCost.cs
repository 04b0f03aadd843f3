namespace ModelCompiler.Build;

/// <summary>What one call of an entry point costs at the largest dims.</summary>
/// <param name="Method">The user's method.</param>
/// <param name="Flops">Floating-point operations, a fused multiply-add as two.</param>
/// <param name="Bytes">Planned bytes of activations.</param>
sealed record EntryCost(string Method, long Flops, long Bytes);
